"""What is published: contracts, core and mart models, audited releases, exports."""
