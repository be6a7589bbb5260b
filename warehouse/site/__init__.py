"""The directory as a website of files (`iop site`): a page a program, lists by place, and a search that runs in the reader's browser."""
