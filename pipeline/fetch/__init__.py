"""Fetch: sources → documents in the archive, politely, and never losing a page (docs/fetching.md).

`wire/` speaks HTTP, `outcome/` judges what came, `crawl/` chooses what to ask for next. Nothing here reads facts.
"""
