"""Sentences the archive keeps (why something was changed, why a file could not be read) in the language of a page.

They are kept in English, for history must read the same to everyone. Whoever writes sentences with something filled in
makes their templates known once, with `know`; `told` finds the template of a kept sentence again and translates it.
What people wrote themselves fits no template and is shown as it is.
"""

from __future__ import annotations

import re
from string import Formatter

from django.utils.translation import gettext

_known: list[tuple[re.Pattern[str], str]] = []
_whole: set[str] = set()


def know(*templates: str) -> None:
    """Make sentences and templates with named fields known; the first that fits a sentence is taken."""
    _known.extend((_pattern(template), template) for template in templates if "{" in template)
    _whole.update(template for template in templates if "{" not in template)


def is_ours(sentence: str) -> bool:
    """Say whether a sentence is the program's own in every word, so that nothing in it was typed by anybody."""
    if sentence in _whole or sentence.isdigit():
        return True
    head, colon, tail = sentence.partition(": ")
    if colon and head in _whole and is_ours(tail):
        return True
    found = next((found for pattern, _ in _known if (found := pattern.fullmatch(sentence))), None)
    return found is not None and all(is_ours(value) for value in found.groupdict().values())


def told(sentence: str) -> str:
    """Return a kept sentence in the language in force; as it is when nobody has translated it."""
    if not sentence:
        return ""
    translated = gettext(sentence)
    if translated != sentence:
        return translated
    # "undo: act recorded", "page 3: The file is damaged."
    head, colon, tail = sentence.partition(": ")
    if colon and (known := told(tail)) != tail:
        return f"{told(head)}: {known}"
    for pattern, template in _known:
        if found := pattern.fullmatch(sentence):
            return gettext(template).format(**{name: told(value) for name, value in found.groupdict().items()})
    return sentence


def _pattern(template: str) -> re.Pattern[str]:
    parts = (
        re.escape(text) + (f"(?P<{name}>.+)" if name is not None else "")
        for text, name, _format, _conversion in Formatter().parse(template)
    )
    return re.compile("".join(parts))
