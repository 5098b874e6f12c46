"""What selected words fill in: they are the evidence, and where they say the value outright, the value too.

Nothing is recorded by it: the coder sees the value in the form, and mends or empties it.
"""

from __future__ import annotations

import re

LONGEST_DESCRIPTION = 80
"""Words up to this long stand in a new party's form as how the source speaks of them."""

# Words that look like a name stand as the name, since a name is sealed and found in another way.
_NAME = re.compile(r"[A-Z][a-z]+(?:[ -][A-Z]?[a-z]+)* [A-Z][\w-]+")
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_MULTIPLIED = r"(?!\s*(?:thousand|million|billion|[천만억千万亿萬億]))"
_SHARE = r"(\s*(?:%|percent|per cent|퍼센트))?"
_VALUE = re.compile(rf"({_NUMBER}(?:\s*[-–~]\s*{_NUMBER})?)(?![\d,.]*\d){_MULTIPLIED}{_SHARE}")


def data_selected(slug: str, words: str, span: str) -> dict[str, list[str]]:
    """Return the data of a new form of a kind, or of an act that begins with its place or date, from selected words.

    `span` says where they stand, as evidence names it (`text:start-end`).
    """
    words = " ".join(words.split())
    if slug == "place":
        return {"evidence": [f"place:{span}"], "place_told": [words]}
    if slug == "date":
        return {"evidence": [f"date:{span}"], "date": [words]}
    data = {"evidence": [f":{span}"]}
    if slug == "party":
        data["kind"] = ["person"]
        if _NAME.fullmatch(words):
            data |= {"names-0-text": [words], "evidence": [f":{span}", f"names-0-text:{span}"]}
        elif len(words) <= LONGEST_DESCRIPTION:
            data["description"] = [words]
    if slug == "figure" and (found := _VALUE.search(words)):
        data["value_low"] = [found[1]]
        if found[2]:
            data["unit"] = ["share"]
    return data
