"""Areas and points of the census within the warehouse: which county or town a point lies in."""
