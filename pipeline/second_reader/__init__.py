"""A second reader: a language model's answers about a page, believed as far as our own reading bears them out."""
