"""Sentences with something to fill in, for the person who added a file.

They cross the process boundary and are kept in English; whoever shows them finds the template again in `TEMPLATES` and
can translate it.
"""

from typing import Final

IS_KIND: Final = "This is {kind}."
NAME_AND_KIND: Final = "The name ends in .{suffix}, but the file is {kind}."
GUESSED_ENCODING: Final = "The encoding is a guess ({encoding}): look whether the text makes sense."
REPLACED: Final = "{n} damaged characters were replaced by \N{REPLACEMENT CHARACTER}."
MANY_PARTS: Final = "The container has {n} parts."
INFLATES: Final = "It unpacks to more than {n} times its size."
MANY_BYTES: Final = "The file is larger than {n} bytes."
WAITED: Final = "Reading took more than {n} seconds."
WORKED: Final = "Reading took more than {n} seconds of processor time."
PAGES_LIMIT: Final = "The PDF has {n} pages; the limit is {limit}."
MORE_PAGES: Final = "The PDF has more pages than it says; the limit is {limit}."
NO_TEXT_LAYER: Final = "No text layer (pictures or blank) on page {pages}."
DAMAGED_PAGES: Final = "Damaged and not read in full: page {pages}."
PAGE: Final = "page {n}"
AND_MORE: Final = "{listed} and {n} more"

TEMPLATES: Final = (
    IS_KIND, NAME_AND_KIND, GUESSED_ENCODING, REPLACED, MANY_PARTS, INFLATES, MANY_BYTES, WORKED, WAITED, PAGES_LIMIT,
    MORE_PAGES, NO_TEXT_LAYER, DAMAGED_PAGES, PAGE, AND_MORE,
)  # fmt: skip
