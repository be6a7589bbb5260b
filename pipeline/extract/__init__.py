"""Page → observations. The page is parsed once; one module per kind of fact reads its blocks. No network, no database.

`parsing/` → `words/` → `facts/`, `schedule/`, `tracks/` → `reading` → `site/` → `report/`, `evaluation/`. `read_page` (HTML)
and `read_text` give a `Page`; `extract` gives a `Reading`, whose every statement is an `Observation` with its words.
"""
