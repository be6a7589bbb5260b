"""Coverage: what there is, for whom, how far away, and what nobody knows; the marts of a release and the report on it."""
