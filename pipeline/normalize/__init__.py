"""Normalizers: printed phones, addresses, names, times and codes → one form. Pure functions.

Finding them on a page belongs to `pipeline.extract`.
"""
