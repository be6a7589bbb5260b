"""What is published: contracts, models, audited releases, exports. It knows the stage tables, and no pipeline that fills them."""
