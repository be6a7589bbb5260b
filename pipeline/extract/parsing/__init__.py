"""HTML or plain text → the page model (`pipeline.extract.page`), in one walk."""
