"""Addresses → coordinates by a geocoder that a run chooses; which addresses are asked, and what its answers are worth."""
