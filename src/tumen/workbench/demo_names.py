"""Where names stand in the texts of the demonstration archive, and in which of them a person has gone through them."""

from __future__ import annotations

import re

from tumen.demonstration import Chunk

WAITING = 12
"""In one of so many texts nobody has marked the names yet."""


def is_reviewed(text: int) -> bool:
    """Say whether the names in a text, by its index, have been reviewed."""
    return text % WAITING != 0


def names_in_texts(chunk: Chunk) -> dict[int, list[tuple[int, int, str]]]:
    """Return where names stand in each text of a chunk, as (start, end, ""): a text names the parties of its source."""
    sources = {chunk.tables["codings"].first + n: row[0] for n, row in enumerate(chunk.tables["codings"].rows)}
    codings = {chunk.tables["parties"].first + n: row[0] for n, row in enumerate(chunk.tables["parties"].rows)}
    called: dict[int, set[str]] = {}
    for party, words, *_ in chunk.tables["names"].rows:
        called.setdefault(sources[codings[party]], set()).add(words)
    found: dict[int, list[tuple[int, int, str]]] = {}
    for n, (source, _rendition, _language, body) in enumerate(chunk.tables["texts"].rows):
        longest_first = sorted(called.get(source, ()), key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")
        found[chunk.tables["texts"].first + n] = [(*hit.span(), "") for hit in pattern.finditer(body)]
    return found
