"""Lists as TOML: the form in which Tumen keeps its own."""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from tumen.vocabularies.errors import VocabularyFileError
from tumen.vocabularies.rows import Row, check_together
from tumen.vocabularies.terms import LANGUAGES, TEXTS, Term, Trilingual
from tumen.vocabularies.vocabulary import Vocabulary

_HEAD = ("list", "title", "about", "term")


def parse(text: str, file: str) -> Vocabulary:
    """Return the list that a TOML text holds. Raises VocabularyFileError, naming `file`, the term and the field."""
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Besides its own error, which is a ValueError, tomllib lets through those of huge numbers and endless brackets.
        raise VocabularyFileError(file, 0, "file", f"not TOML: {error}", "Correct the line it names") from None
    for name in content:
        if name not in _HEAD:
            raise VocabularyFileError(file, 0, name, "unknown field", f"The fields are {', '.join(_HEAD)}")
    code, title, about = content.get("list"), content.get("title", {}), content.get("about", "")
    if not isinstance(code, str) or not code:
        raise VocabularyFileError(file, 0, "list", "no code of the list", 'Begin the file with list = "code"')
    if not isinstance(about, str):
        raise VocabularyFileError(file, 0, "about", f"{about!r} is not text", "Write it in quotation marks")
    if not _is_trilingual(title):
        raise VocabularyFileError(
            file, 0, "title", f"{title!r} is no title", 'Write title = { en = "...", ko = "..." }'
        )
    terms = content.get("term", [])
    if not isinstance(terms, list) or not all(isinstance(term, dict) for term in terms):
        raise VocabularyFileError(file, 0, "term", "no table of terms", "Begin each term with [[term]]")
    rows = [Row(file, number, term) for number, term in enumerate(terms, start=1)]
    return Vocabulary(code, Trilingual(**title), check_together([(row, row.term()) for row in rows]), about)


def form(vocabulary: Vocabulary) -> str:
    """Return a list as TOML text."""
    lines = [f"list = {_string(vocabulary.code)}", f"title = {_texts(vocabulary.title)}"]
    if vocabulary.about:
        lines.append(f"about = {_string(vocabulary.about)}")
    for term in vocabulary:
        lines += ["", "[[term]]", *_term_lines(term)]
    return "\n".join(lines) + "\n"


def _is_trilingual(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        lang in LANGUAGES and isinstance(text, str) for lang, text in value.items()
    )


def _term_lines(term: Term) -> Iterator[str]:
    yield f"code = {_string(term.code)}"
    for name in TEXTS:
        if (texts := getattr(term, name)) != Trilingual():
            yield f"{name} = {_texts(texts)}"
        if name == "label" and term.also:
            yield f"also = {_strings(term.also)}"
    if term.crosswalks:
        entries = (f"{scheme} = {_strings(codes)}" for scheme, codes in term.crosswalks.items())
        yield f"crosswalk = {{ {', '.join(entries)} }}"
    if term.favourite is not None:
        yield f"favourite = {term.favourite}"
    if term.retired:
        successor = f", replaced_by = {_string(term.retired.replaced_by)}" if term.retired.replaced_by else ""
        yield f"retired = {{ on = {term.retired.on.isoformat()}{successor} }}"


def _string(text: str) -> str:
    """Return a TOML basic string. JSON's escapes are TOML's, but TOML wants DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _strings(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_string, texts))}]"


def _texts(texts: Trilingual) -> str:
    entries = (f"{lang} = {_string(texts.own(lang))}" for lang in LANGUAGES if texts.own(lang))
    return f"{{ {', '.join(entries)} }}"
