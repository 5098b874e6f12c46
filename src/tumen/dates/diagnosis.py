"""Says why a text is not EDTF. Runs only after parsing has failed, so it may take its time."""

from __future__ import annotations

import re

from tumen.dates.errors import InvalidDate

# The longest beginning of a text that could still become a date.
_BEGINNING = re.compile(r"[?~%]?(?:-?[0-9X]{4}[?~%]?(?:-[?~%]?[0-9X]{2}[?~%]?){0,2}|Y-?[0-9]*|-?[0-9X]{0,4})")
_EXAMPLE = "Write a date such as 2009, 2009-03, 2009-03-12, 2009? or 2009/2011"

# (what the text looks like, problem, advice); the first that is found names the column. The groups of the pattern are
# the fields {first}, {second}, {third} of the advice.
_HABITS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), problem, advice)
    for pattern, problem, advice in (
        (r"\s", "a space is not allowed", "Leave the spaces out"),
        (r"[^\x00-\x7f](?<=\d)", "digits must be 0 to 9", "Write them in ASCII"),
        (r"[‐-―−－]", "this dash is not a hyphen", "Write - between year, month and day"),
        (r"[～〜∼]", "this tilde is not ~", "Write ~ for approximate, / between start and end"),
        (r"(?i)\b(open|unknown)\b", "open and unknown are of an old draft", "Write .. for open, nothing for unknown"),
        (r"(?<=[0-9Xxu-])[xu]", "an unspecified digit is a capital X", "Write X"),
        (r"[yestz](?=[0-9-]|\Z)", "letters are capital", "Write Y, E, S, T or Z"),
        (r"\A([0-9]{4})([0-9]{2})([0-9]{2})\Z", "the hyphens are missing", "Write {first}-{second}-{third}"),
        (r"\A([0-9]{4})[./]([0-9]{1,2})[./]([0-9]{1,2})\Z", "hyphens go between year, month and day",
         "Write year-month-day, months and days with two digits"),
        (r"\A[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2,4}\Z", "the year comes first, then month, then day",
         "Write year-month-day, such as 2009-03-12"),
        (r"\A[0-9]{4}-([0-9])(?:-|\Z)", "a month has two digits", "Write 0{first}"),
        (r"\A[0-9]{4}-[0-9]{2}-([0-9])\Z", "a day has two digits", "Write 0{first}"),
        (r"\A-?[0-9]{1,3}\Z", "a year has four digits", "Write it in full, such as 0988 or 1988"),
        (r"\A-?[0-9]{5,}\Z", "a year of more than four digits begins with Y", "Write Y in front, or check the year"),
    )
)  # fmt: skip


def diagnosed(text: str, longest: int) -> InvalidDate:
    """Return the error for a text that has not the form of an EDTF value."""
    if not text:
        return InvalidDate(text, "there is no date", _EXAMPLE)
    if len(text) > longest:
        return InvalidDate(
            text,
            "the text is longer than {longest} characters",
            "Write one date; what was told belongs in the note",
            column=longest + 1,
            longest=longest,
        )
    for pattern, problem, advice in _HABITS:
        match = pattern.search(text)
        if match:
            groups = dict(zip(("first", "second", "third"), match.groups(), strict=False))
            return InvalidDate(text, problem, advice, column=match.start(min(1, pattern.groups)) + 1, **groups)
    beginning = _BEGINNING.match(text)
    column = min(beginning.end() if beginning else 0, len(text) - 1) + 1
    return InvalidDate(text, "this is not a date of the EDTF form", _EXAMPLE, column=column)
