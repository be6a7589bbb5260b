"""A report for analysts on what a release knows and does not; each section of it is one query. Not an export of rows."""
