"""What estimation says, in English, Korean and Chinese.

A `Sentence` is English text that remembers which sentence it is and what fills it, so that it can be told again in
another language: `say("nobody_on_two")` where something is found out, `tell(sentence, "ko")` where it is read. The
sentences themselves are in `words/*.toml`, one key a sentence and all three languages under it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, reduce
from importlib.resources import files
from typing import Any, Literal

Language = Literal["en", "ko", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "ko", "zh")
_BETWEEN: Mapping[str, str] = {"en": ", ", "ko": ", ", "zh": "、"}  # the members of a list


class Sentence(str):
    """A sentence in English that can be told in the other languages. Made by `say`."""

    key: str
    values: Mapping[str, Any]


def say(key: str, **values: Any) -> Sentence:
    """The sentence of this key, filled in. A value is a number, a name, a sentence, or a tuple of these, which is told
    as a list. Raises `KeyError` when there is no such sentence or a value lacks."""
    sentence = Sentence(_filled(key, values, "en"))
    sentence.key, sentence.values = key, values
    return sentence


def run_on(sentences: Iterable[Sentence]) -> Sentence:
    """Sentences one after the other, as one."""
    return reduce(lambda first, then: say("run_on", first=first, then=then), sentences)


def tell(text: str, language: Language) -> str:
    """A sentence in a language. Text that is no `Sentence` (a list's name, a model) is told as it is."""
    return _filled(text.key, text.values, language) if isinstance(text, Sentence) else text


@cache
def words() -> dict[str, dict[str, str]]:
    """Every sentence by key, in each language."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted((files("tumen.estimation") / "words").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            found |= tomllib.loads(file.read_text("utf-8"))
    return found


def _filled(key: str, values: Mapping[str, Any], language: Language) -> str:
    told = {name: _told(value, language) for name, value in values.items()}
    return words()[key][language].format(**told)


def _told(value: Any, language: Language) -> Any:
    if isinstance(value, tuple):
        return _BETWEEN[language].join(str(_told(each, language)) for each in value)
    return tell(value, language) if isinstance(value, str) else value
