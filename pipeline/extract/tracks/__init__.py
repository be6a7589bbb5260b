"""The tracks of a program (evening adult, virtual teen): their names, and what on a page is said of which."""
