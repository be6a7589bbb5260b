"""A small offline world to read: provider sites, a locator API and a license list, and the truth about them."""
