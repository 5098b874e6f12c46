"""Controlled lists as data files: codes, labels in three languages, definitions, counting rules, crosswalks.

    >>> lists = load()
    >>> lists["act_type"].label("liberty.sale.sold.marriage", "ko")
    '결혼 목적으로 팔림'
    >>> lists["act_type"].crosswalk("liberty.sale.sold.marriage", "nkdb")
    ('liberty.trafficking',)

A group may replace any list by a file of its own (`read`, `merge`); a code that is in use is retired, never deleted.
"""

from tumen.vocabularies.errors import ListMismatchError, UnknownListError, UnknownTermError, VocabularyFileError
from tumen.vocabularies.files import read, write
from tumen.vocabularies.library import Vocabularies, load
from tumen.vocabularies.merging import merge, missing_codes
from tumen.vocabularies.terms import LANGUAGES, TEXTS, Language, Retirement, Term, Trilingual
from tumen.vocabularies.vocabulary import Vocabulary

__all__ = [
    # the lists
    "load",
    "Vocabularies",
    "Vocabulary",
    "Term",
    "Trilingual",
    "Retirement",
    "Language",
    "LANGUAGES",
    "TEXTS",
    # a group's own lists
    "read",
    "write",
    "merge",
    "missing_codes",
    # what can go wrong
    "VocabularyFileError",
    "UnknownTermError",
    "UnknownListError",
    "ListMismatchError",
]
