"""Words and codes as tables that people edit (`tables` reads them). What the words do to a text belongs elsewhere."""
