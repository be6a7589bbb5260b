"""The stage: typed tables between reading and the warehouse, one Parquet file a source; and matching over them."""
