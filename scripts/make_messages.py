"""Gather every text that the workbench says into django.po, the same bytes for the same source.

Needs xgettext (Debian package `gettext`). The words of the islands are in djangojs.po, which `npm test` in frontend/
keeps complete; compile_messages.py turns both into .mo files.
"""

from __future__ import annotations

import os
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

HEAD = """# What the workbench says, gathered by scripts/make_messages.py. The words to use: docs/reference/glossary.md.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""


class Command(makemessages.Command):
    """Django's command, sorted, and never guessing a translation from a similar text."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=noop"]
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
        # The head that the tools write differs from one run to the next and says little.
        entries = path.read_text("utf-8").partition("\n\n")[2].replace('msgstr[1] ""\n', "")
        path.write_text(f"{HEAD.format(language=language)}\n{entries}", "utf-8")


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
