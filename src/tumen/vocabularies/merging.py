"""A new version of a list over an old one: what is in use stays, retired."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from tumen.vocabularies.errors import ListMismatchError
from tumen.vocabularies.terms import Retirement, Term, Trilingual
from tumen.vocabularies.vocabulary import Vocabulary


def missing_codes(old: Vocabulary, new: Vocabulary, used_codes: Iterable[str]) -> tuple[str, ...]:
    """Return the codes in use that `new` no longer has: what `merge` will retire, for showing beforehand."""
    used = set(used_codes)
    return tuple(code for code in old.codes if code in used and code not in new)


def merge(old: Vocabulary, new: Vocabulary, used_codes: Iterable[str], today: date) -> Vocabulary:
    """Return `new`, with the terms of `old` that are in use and missing from it kept as retired on `today`.

    Nothing that a record points at is ever dropped: a used term stays, and so do the terms above it (retired too, if
    `new` lacks them). Unused terms go. A retirement that `old` already recorded keeps its date. Raises
    ListMismatchError if `new` is another list, or if a code in use is in neither: the records were then coded with a
    version that is not here.
    """
    used = set(used_codes)
    if old.code != new.code:
        raise ListMismatchError(f"The file holds the list {new.code!r}, not {old.code!r}. Load it as {new.code!r}.")
    strangers = sorted(code for code in used if code not in old and code not in new)
    if strangers:
        raise ListMismatchError(
            f"Records use codes that neither version of {old.code} has: {', '.join(strangers)}. "
            "Add these codes to the file, retired if they are no longer wanted."
        )
    kept: dict[str, Term] = {}
    for code in missing_codes(old, new, used):
        for term in (*old.ancestors(code), old.term(code)):
            if term.code not in new:
                kept[term.code] = _retired(term, new, used | kept.keys(), today)
    # A CSV file has neither title nor `about`.
    title = new.title if new.title != Trilingual() else old.title
    return Vocabulary(new.code, title, (*new.terms, *kept.values()), new.about or old.about)


def _retired(term: Term, new: Vocabulary, staying: set[str], today: date) -> Term:
    """Retire a term; its replacement is kept only where that code is still there."""
    before = term.retired or Retirement(today)
    successor = before.replaced_by if before.replaced_by in new or before.replaced_by in staying else ""
    return replace(term, favourite=None, retired=Retirement(before.on, successor))
