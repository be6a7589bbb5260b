"""What tells whose page it is: cues as a table, and features of a page by name. `page_kind.py` judges by them."""
