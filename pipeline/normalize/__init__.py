"""Normalizers: printed phones, addresses, names, times and codes → one form. Pure functions."""
