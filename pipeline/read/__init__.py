"""Documents of a source → its listings on the stage, page by page, in processes where there is much. No fetching."""
