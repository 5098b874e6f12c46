"""Gather every text that the workbench says into django.po, the same bytes for the same source.

Needs xgettext (Debian package `gettext`). The words of the islands are in djangojs.po, which `npm test` in frontend/
keeps complete; compile_messages.py turns both into .mo files.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import django
from django.core.management import call_command
from django.core.management.commands import makemessages
from lower_floor_words import WRITTEN, written

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "tumen"
LOCALE = SOURCE / "workbench" / "locale"
LANGUAGES = ("ko", "zh_Hans")

# What differs from one run to the next, or says nothing.
_NOISE = re.compile(r'^"(?:POT-Creation-Date|PO-Revision-Date|Report-Msgid-Bugs-To|Project-Id-Version):.*\\n"\n', re.M)


class Command(makemessages.Command):
    """Django's command, sorted, and never guessing a translation from a similar text."""

    msgmerge_options = ["-q", "--backup=none", "--update", "--no-fuzzy-matching", "--sort-output", "--width=120"]
    msguniq_options = ["--to-code=utf-8", "--sort-output", "--width=120"]
    msgattrib_options = ["--no-obsolete", "--sort-output", "--width=120"]


def gathered() -> None:
    """Bring msgids.py and django.po of each language up to date with the source."""
    WRITTEN.write_text(written(), "utf-8")
    here = Path.cwd()
    os.chdir(SOURCE)
    try:
        call_command(Command(), locale=list(LANGUAGES), no_location=True, no_obsolete=True, extensions=["html", "py"],
                     ignore_patterns=["demonstration/*"], verbosity=0)  # fmt: skip
    finally:
        os.chdir(here)
    for language in LANGUAGES:
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        path.write_text(_NOISE.sub("", path.read_text("utf-8")), "utf-8")


def main() -> int:
    """Gather the texts, or say what is missing."""
    if shutil.which("xgettext") is None:
        print("xgettext is missing. Install it: sudo apt-get install gettext", file=sys.stderr)
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumen.workbench.settings")
    sys.path.insert(0, str(ROOT / "src"))
    django.setup()
    gathered()
    return 0


if __name__ == "__main__":
    sys.exit(main())
