"""Geography on the stage: which data set is taken where, and the tables `geography`, `area`, `population_point`, `boundary`."""
