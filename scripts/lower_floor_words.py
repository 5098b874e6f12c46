"""Write workbench/msgids.py: what the lower floor says to users, gathered from its source.

The lower floor is free of Django and marks nothing. Its messages are found by where they stand: the arguments of its
exceptions, the words of its classes of failure, the tables of its diagnoses. With them go the sentences about the
lists, which the list files have in English only.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "tumen"
WRITTEN = SOURCE / "workbench" / "msgids.py"
PACKAGES = ("columns", "dates", "text")
# What is wrong with a row of a list and what to do: put together from values, and gathered as templates.
FILES = ("places", "vocabularies")
IN_FILES = {"VocabularyFileError": (3, 4), "PlaceFileError": (3, 4), "ListMismatchError": (0,), "error": (1, 2),
            "matching": (2,)}  # fmt: skip

# Which arguments of a call are messages.
CALLS = {
    "InvalidDate": (1, 2), "BadQuery": (0,), "BadBound": (0,), "append": (0,), "__init__": (0,),
    "EmptyFile": (0,), "UnknownKind": (0,), "Encrypted": (0,), "Damaged": (0,), "Unsafe": (0,), "TooLarge": (0,),
    "TooManyPages": (0,), "TooDeep": (0,), "TooSlow": (0,), "NoText": (0,), "ReaderDied": (0,),
}  # fmt: skip
# Names whose value is a message, or a table of rows of which some places are; a mapping counts by its values.
ASSIGNED: dict[str, tuple[int, ...]] = {
    "what": (), "advice": (), "problem": (), "_EXAMPLE": (), "_OTHERS": (), "_WORDS": (),
    "_HABITS": (1, 2), "_LIMITS": (3,),
}  # fmt: skip
SENTENCES = SOURCE / "text" / "extract" / "sentences.py"

HEAD = '''"""What the lower floor says to users, for the translators. Written by make_messages.py; do not edit."""

# ruff: noqa: E501
# fmt: off

from django.utils.translation import gettext_noop as _

LOWER_FLOOR = (
'''


def gathered() -> list[str]:
    """Return the messages of the lower floor, sorted."""
    found: set[str] = set()
    for package in PACKAGES:
        for path in sorted((SOURCE / package).rglob("*.py")):
            if path.name == "confine.py":  # its list is for the log
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                found.update(_messages(node, everything=path == SENTENCES))
    for path in (SOURCE / "vocabularies" / "data").glob("*.toml"):
        found.add(tomllib.loads(path.read_text("utf-8")).get("about", ""))
    return sorted(text for text in found if " " in text)


def of_files() -> list[str]:
    """Return the messages about files of terms and places, sorted."""
    found: set[str] = set()
    for package in FILES:
        for path in sorted((SOURCE / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    for place in IN_FILES.get(name, ()):
                        found.update(text for argument in node.args[place : place + 1] for text in _said(argument))
                elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "problem":
                    found.update(_said(node.value))
    return sorted(text for text in found if " " in text)


def written() -> str:
    """Return the module that names them."""
    lines = [f"    _({_quoted(text)}),\n" for text in gathered()]
    rows = [f"    _({_quoted(text)}),\n" for text in of_files()]
    return f"{HEAD}{''.join(lines)})\n\nFILES = (\n{''.join(rows)})\n"


def _messages(node: ast.AST, everything: bool) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        for place in CALLS.get(name, ()):
            yield from (text for argument in node.args[place : place + 1] for text in _texts(argument))
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
        if everything:
            yield from _texts(node.value)
        for name in names & set(ASSIGNED):
            yield from _cells(node.value, ASSIGNED[name])


def _cells(value: ast.AST, places: tuple[int, ...]) -> Iterator[str]:
    """Yield the texts of a value, or of some places of its rows."""
    if not places:
        yield from (text for part in getattr(value, "values", [value]) for text in _texts(part))
        return
    for row in ast.walk(value):
        if isinstance(row, ast.Tuple) and len(row.elts) > max(places):
            yield from (
                text
                for place in places
                if not isinstance(row.elts[place], ast.Tuple)
                for text in _texts(row.elts[place])
            )


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield the whole texts in an expression; what is put together at run time has none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.Tuple):
        yield from (text for element in node.elts for text in _texts(element))
    elif isinstance(node, ast.Call):  # next((... for ...), "otherwise")
        yield from (text for argument in node.args[1:] for text in _texts(argument))


def _said(node: ast.AST) -> Iterator[str]:
    """Yield the text of an argument; of one that is put together, a template with a named place for each value."""
    if not isinstance(node, ast.JoinedStr):
        yield from _texts(node)
        return
    template, names = "", set[str]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            template += str(part.value).replace("{", "{{").replace("}", "}}")
        else:
            name = _last_word(part)
            while name in names:
                name += "_"
            names.add(name)
            template += f"{{{name}}}"
    yield template


def _last_word(node: ast.AST) -> str:
    """Return the last word of the expression that fills a place: `term.code` is its code."""
    names = [getattr(part, "attr", getattr(part, "id", "")) for part in ast.walk(node)]
    return next((name.lower().strip("_") for name in names if name and name not in ("join", "len", "repr")), "value")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if "'" in text or '"' not in text else repr(text)
