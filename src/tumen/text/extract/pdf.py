"""The text layer of a PDF, page by page."""

import io
import re
import unicodedata
from contextlib import suppress

from pypdf import PasswordType, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PdfReadError, PyPdfError
from pypdf.generic import DictionaryObject, PdfObject

from tumen.text.extract.errors import CannotRead, Damaged, Encrypted, NoText, TooDeep, TooLarge, TooManyPages
from tumen.text.extract.kinds import PDF
from tumen.text.extract.model import Extraction, Limits
from tumen.text.extract.sentences import AND_MORE, DAMAGED_PAGES, MORE_PAGES, NO_TEXT_LAYER, PAGE, PAGES_LIMIT
from tumen.text.positions import normalise_line_ends
from tumen.text.scripts import guess_language

_BETWEEN_PAGES = "\n\n"
_BLANKS = re.compile(" {2,}")

# Fonts share a glyph between a character and the radical it is also used as, and PDF writers then name the radical:
# ⼈ (U+2F08) for 人. NFKC knows the Kangxi radicals; of the supplement these are whole characters.
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)} | dict(
    zip(
        map(ord, "⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻫⻬⻭⻮⻯⻰⻳"),
        "母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟麦黄斉齐歯齿竜龙龟",
        strict=True,
    )
)
_LISTED = 10  # pages named in a warning

# What pypdf raises on malformed files besides its own errors: it trusts the types of the objects it finds.
_MALFORMED = (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, AssertionError)


def read(data: bytes, limits: Limits) -> Extraction:
    """The text of all pages, and where each begins. A page that cannot be read is named in a warning."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise Encrypted
        _check_page_count(reader, limits)
        number_of_pages = len(reader.pages)
    except CannotRead:
        raise
    except (DependencyError, FileNotDecryptedError) as error:
        raise Encrypted from error
    except RecursionError as error:
        raise TooDeep(where="page tree") from error
    except (*_MALFORMED, OSError) as error:
        raise Damaged("The PDF is cut short or damaged.") from error

    starts: list[int] = []
    pieces: list[str] = []
    unreadable: list[int] = []
    length = 0
    for number in range(number_of_pages):
        text, sound = _page_text(reader, number)
        if not sound:
            unreadable.append(number + 1)
        starts.append(length)
        pieces.append(text)
        length += len(text) + len(_BETWEEN_PAGES)
        if length > limits.text_characters:
            raise TooLarge("Its text is longer than the limit.", where=PAGE.format(n=number + 1))
    if not any(piece.strip() for piece in pieces):
        if len(unreadable) == number_of_pages:
            raise Damaged("None of the PDF's pages can be read.")
        raise NoText("The PDF has no text layer: its pages are pictures.")
    empty = [number for number, piece in enumerate(pieces, 1) if not piece.strip() and number not in set(unreadable)]
    text = _BETWEEN_PAGES.join(pieces)
    warnings = []
    if empty:
        warnings.append(NO_TEXT_LAYER.format(pages=_listed(empty)))
    if unreadable:
        warnings.append(DAMAGED_PAGES.format(pages=_listed(unreadable)))
    return Extraction(text, PDF, guess_language(text), "", starts, _title(reader), None, warnings)


def _check_page_count(reader: PdfReader, limits: Limits) -> None:
    """Refuse before pypdf walks the whole tree, which takes it most of the time. The count the file claims may lie."""
    root = _node(reader.root_object["/Pages"])
    claimed = root.get("/Count", 0)
    if isinstance(claimed, int) and claimed > limits.pages:
        raise TooManyPages(PAGES_LIMIT.format(n=f"{claimed:,}", limit=f"{limits.pages:,}"))
    nodes, seen = [root], 0
    while nodes:
        kids = nodes.pop().get("/Kids", [])
        seen += len(kids)  # pages and the nodes above them
        if seen > 2 * limits.pages:
            raise TooManyPages(MORE_PAGES.format(limit=f"{limits.pages:,}"))
        nodes += map(_node, kids)


def _node(found: PdfObject) -> DictionaryObject:
    """A node of the page tree, whether it stands there or is referred to."""
    node = found.get_object()
    if not isinstance(node, DictionaryObject):
        raise PdfReadError("A node of the page tree is no dictionary.")
    return node


def _page_text(reader: PdfReader, number: int) -> tuple[str, bool]:
    """The text of a page, and whether all of it could be read."""
    try:
        text = reader.pages[number].extract_text()
    except LimitReachedError as error:
        raise TooLarge("A stream unpacks to more than the limit.", where=PAGE.format(n=number + 1)) from error
    except RecursionError as error:
        raise TooDeep(where=PAGE.format(n=number + 1)) from error
    except _MALFORMED:
        return "", False
    return tidy(text), True


def tidy(text: str) -> str:
    """Page text without the traces of typesetting: radicals instead of characters, rows of blanks."""
    return _BLANKS.sub(" ", normalise_line_ends(text).translate(_RADICALS))


def _title(reader: PdfReader) -> str:
    with suppress(*_MALFORMED):
        title = reader.metadata.title if reader.metadata else None
        return " ".join(str(title or "").split())
    return ""


def _listed(pages: list[int]) -> str:
    named = ", ".join(map(str, pages[:_LISTED]))
    return AND_MORE.format(listed=named, n=len(pages) - _LISTED) if len(pages) > _LISTED else named
