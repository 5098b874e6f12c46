"""Files of unknown kind, possibly hostile, turned safely into text (TXT, Markdown, HTML, PDF, DOCX).

`extract` reads in a separate, confined process; what it guarantees and what not: docs/reference/text.md.
"""

from tumen.text.extract.errors import (
    CannotRead,
    Damaged,
    EmptyFile,
    Encrypted,
    NoText,
    ReaderDied,
    TooDeep,
    TooLarge,
    TooManyPages,
    TooSlow,
    UnknownKind,
    Unsafe,
)
from tumen.text.extract.model import Extraction, Limits
from tumen.text.extract.reader import NoReader, Reader, extract, walls
from tumen.text.extract.sentences import TEMPLATES

__all__ = [
    "extract",
    "walls",
    "Extraction",
    "Reader",
    "Limits",
    "NoReader",
    "CannotRead",
    "EmptyFile",
    "UnknownKind",
    "Encrypted",
    "Damaged",
    "Unsafe",
    "TooLarge",
    "TooManyPages",
    "TooDeep",
    "TooSlow",
    "NoText",
    "ReaderDied",
    "TEMPLATES",
]
