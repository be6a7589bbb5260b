"""Page → observations. The page is parsed once; one module per kind of fact reads its blocks.

`parsing/` → `words/` → `facts/`, `schedule/`, `tracks/` → `reading` → `site/`. `read_page` (HTML) and `read_text` give a
`Page`; `extract` gives a `Reading`, whose every statement is an `Observation` with the words that prove it.
"""

from pipeline.extract.parsing.page import Page
from pipeline.extract.parsing.parse import read_page
from pipeline.extract.parsing.plain import read_text
from pipeline.extract.reading import Program, Reading, extract

__all__ = ["Page", "Program", "Reading", "extract", "read_page", "read_text"]
