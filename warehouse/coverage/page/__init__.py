"""Draws a `Report` as one self-contained HTML page, and its maps as pictures. Not what the report says."""
