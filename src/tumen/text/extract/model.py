"""What reading a file gives, and how much it may cost."""

from dataclasses import dataclass, field

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Extraction:
    """The text of a file and what the file says about itself.

    `text` has LF line ends; positions in it are code points. `media_type` is decided by the bytes, not by the name.
    `pages` are the offsets in `text` at which pages begin (empty for kinds without pages). `encoding` is empty for
    kinds that carry their own. `published` is a date the page itself declares, as it writes it. `warnings` are
    sentences for the person who added the file.
    """

    text: str
    media_type: str
    language: str = ""
    encoding: str = ""
    pages: list[int] = field(default_factory=list)
    title: str = ""
    published: str | None = None
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Limits:
    """The most that one file may cost. Sizes in bytes and characters, times in seconds."""

    input_bytes: int = 256 * MEBIBYTE
    memory_bytes: int = 1024 * MEBIBYTE
    cpu_seconds: int = 120
    wall_seconds: float = 180.0
    text_characters: int = 20_000_000
    inflated_bytes: int = 200 * MEBIBYTE
    inflation_ratio: int = 200
    pages: int = 5_000
    files_per_worker: int = 50
