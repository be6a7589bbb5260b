"""HTML or plain text → the page model (`pipeline.extract.parsing.page`), in one walk."""
