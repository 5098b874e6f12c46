"""One source being written: its text growing sentence by sentence, the parties it has named so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from .grammar import Language


@dataclass(slots=True)
class Page:
    """A source's text and the places of its passages, in code points.

    `parties` maps true persons and groups to (party, the word for them, whether named); `incidents`, `episodes` and
    `acts` map true ones to records of this source.
    """

    source: int
    coding: int
    text: int
    kind: str
    collected: str
    language: Language
    speech: bool
    teller: int
    informant: int = -1
    first_person: bool = False
    parties: dict[int, tuple[int, str, bool]] = field(default_factory=dict)
    incidents: dict[int, int] = field(default_factory=dict)
    episodes: dict[int, int] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def write(self, piece: str) -> tuple[int, int]:
        """Add a piece of text; returns where it stands (start, end)."""
        start = self.length
        self.pieces.append(piece)
        self.length += len(piece)
        return start, self.length

    @property
    def endings(self) -> dict[str, str]:
        """The endings of Korean sentences in this source: polite in speech and letters, plain in print."""
        return {"E": "습니다", "C": "입니다"} if self.speech else {"E": "다", "C": "이다"}

    @property
    def space(self) -> str:
        """What stands between sentences: Chinese has nothing there."""
        return "" if self.language.code == "zh" else " "

    def gap(self, text: str) -> None:
        """Add what stands between passages: a space or a line end."""
        self.pieces.append(text)
        self.length += len(text)

    def body(self) -> str:
        """The whole text."""
        return "".join(self.pieces)
