"""Verbs of sources: taking files in, uploads in pieces, texts and passages, what is known about a source."""

from tumen.sources.services import names
from tumen.sources.services.intake import Taken, take_in
from tumen.sources.services.records import cite, edit_source, find_cited, uncite
from tumen.sources.services.repair import Repaired, repair
from tumen.sources.services.store import at_work, sweep
from tumen.sources.services.texts import (
    Reanchored,
    add_passage,
    add_source,
    add_text,
    body_of,
    carried_over,
    correct_text,
    move_passage,
)

__all__ = [
    # names in texts
    "names",
    # files
    "take_in", "Taken", "at_work", "sweep", "repair", "Repaired",
    # sources
    "add_source", "edit_source", "find_cited", "cite", "uncite",
    # texts
    "add_text", "correct_text", "Reanchored", "add_passage", "carried_over", "move_passage", "body_of",
]  # fmt: skip
