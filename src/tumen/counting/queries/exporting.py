"""Lists and tables as rows for a file: exactly what is shown, all of it, in the same order, saying what it is."""

from __future__ import annotations

FORMS = (("csv", "CSV"), ("xlsx", "XLSX"), ("jsonl", "JSON Lines"))
"""The forms of a file: name in addresses, name for people."""
