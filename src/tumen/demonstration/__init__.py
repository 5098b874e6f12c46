"""A fictional archive from a seed: the truth first, then what sources tell of it.

    demonstration = generate(acts=87_317, seed=2024)
    for chunk in demonstration.chunks():
        for table in chunk.tables.values():
            load(table.kind, table.columns, table.rows)

Everybody in it is invented. Counties and camps are real places; nothing in it is exact beyond a county. What it holds,
how far it departs from the truth and which published figures it is built to: docs/reference/demonstration.md.
"""

from .archive import FULL_SIZE, Demonstration, generate
from .capture import LISTS, STRATA
from .checks import Check, check_figures
from .data_files import all_codes
from .grammar import language as _language
from .interviewing import Form, forms, reading
from .noise import Noise
from .rows import KINDS, RESOLVED, Chunk, Row, Table
from .truth import Truth

MARK = {code: _language(code).mark for code in ("en", "ko", "zh")}
"""What every page and every export of a demonstration archive says of itself, by language."""

__all__ = [
    "FULL_SIZE",
    "KINDS",
    "LISTS",
    "MARK",
    "RESOLVED",
    "STRATA",
    "Check",
    "Chunk",
    "Demonstration",
    "Form",
    "Noise",
    "Row",
    "Table",
    "Truth",
    "all_codes",
    "check_figures",
    "forms",
    "generate",
    "reading",
]
