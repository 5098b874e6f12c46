"""The words of dates in English, Korean and Chinese: one JSON file a language, for writing and for reading."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Final, Literal, NamedTuple, get_args

Language = Literal["en", "ko", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


class Words(NamedTuple):
    """What a language file holds: names of months, patterns of the two styles, and the words understood by `read`."""

    months: tuple[str, ...]
    short: dict[str, str]
    tabular: dict[str, str]
    read: dict[str, list[str]]


@cache
def words(language: str) -> Words:
    """Return the words of a language. Raises ValueError when there is no file for it."""
    if language not in LANGUAGES:
        raise ValueError(f"no words for the language {language!r}; there are {', '.join(LANGUAGES)}")
    content = json.loads(resources.files(__name__).joinpath(f"{language}.json").read_text(encoding="utf-8"))
    return Words(tuple(content["months"]), content["short"], content["tabular"], content["read"])
