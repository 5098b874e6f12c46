"""A term of a controlled list, and the small values it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Language = Literal["en", "ko", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "ko", "zh")


@dataclass(frozen=True, slots=True)
class Trilingual:
    """One text in English, Korean and Chinese; a language that nobody has written yet is empty."""

    en: str = ""
    ko: str = ""
    zh: str = ""

    def text(self, lang: Language) -> str:
        """Return the text in `lang`, or else in the first language that has one."""
        return self.own(lang) or self.en or self.ko or self.zh

    def own(self, lang: Language) -> str:
        """Return the text in exactly this language, empty if it is not written."""
        return {"en": self.en, "ko": self.ko, "zh": self.zh}[lang]


TEXTS = ("label", "definition", "includes", "excludes", "example", "counting_rule")
"""The fields of a term that are written in every language."""


@dataclass(frozen=True, slots=True)
class Retirement:
    """Since when a term is not offered any more, and the code to use in its place, if there is one."""

    on: date
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a list.

    The code is the term's identity and never changes; its dots are the hierarchy (`liberty.detention` is the parent of
    `liberty.detention.mss`). `also` holds other words people search by, in any language. `crosswalks` gives, for a
    scheme such as `nkdb`, the codes there; a scheme that is absent is inherited from the parent, an empty tuple says
    "none".
    """

    code: str
    label: Trilingual
    also: tuple[str, ...] = ()
    definition: Trilingual = Trilingual()
    includes: Trilingual = Trilingual()
    excludes: Trilingual = Trilingual()
    example: Trilingual = Trilingual()
    counting_rule: Trilingual = Trilingual()
    crosswalks: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    favourite: int | None = None
    retired: Retirement | None = None

    @property
    def parent(self) -> str | None:
        """The code of the term above, or None at level 1."""
        return self.code.rpartition(".")[0] or None

    @property
    def level(self) -> int:
        """1 for a term without parent, 2 for its children, and so on."""
        return self.code.count(".") + 1
