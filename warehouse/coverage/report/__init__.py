"""The coverage report as data: put together from a release, checked, written as text and files."""
