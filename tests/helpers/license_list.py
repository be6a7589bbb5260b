"""The smallest registry that gives a program: a license list in a file of its own, `list.csv` beside the table."""

HEAD = "Name,Street,City,ST,ZIP,Setting\n"
TABLE = """
[licenses]
kind = "license_list"
path = "list.csv"
state = "MA"
[licenses.columns]
name1 = "Name"
street1 = "Street"
city = "City"
state = "ST"
zip = "ZIP"
setting = "Setting"
"""
