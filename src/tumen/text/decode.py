"""Bytes of unknown encoding to text: what Korean and Chinese offices send, short files included.

UTF-8 and byte-order marks decide at once. Everything else is judged by likelihood: each candidate encoding that decodes
without an error is scored by how probable its characters are as running text. Korean bytes read as Chinese give rare
characters, and the other way round, so that 20 characters are usually enough.
"""

import codecs
import math
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from tumen.text.positions import normalise_line_ends

_CANDIDATES = ("cp949", "gb18030", "big5", "utf-16-le", "utf-16-be", "cp1252", "latin-1")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SAMPLE = 20_000  # characters judged; the whole file is decoded strictly all the same
_MOST_CONTROLS = 0.01  # more control characters than this, and it is no text
_SOUND_FOR_ONE_LOST = 10  # sound non-ASCII characters that outweigh a damaged one: a cut or slightly broken UTF-8 file

# Natural logarithms of rough character probabilities. Their differences matter, not their values.
_LEAST_IN_UTF16 = -10.5  # almost any bytes are valid UTF-16: demand that they make sense on average
_FREQUENT, _ORDINARY, _RARE, _FOREIGN, _NEVER = -6.2, -9.6, -13.0, -12.0, -18.0
_ASCII, _PUNCTUATION, _ACCENTED = -3.0, -5.0, -4.5
_CJK_PUNCTUATION = frozenset("，。、；：？！（）《》〈〉「」『』【】“”‘’…—·～ㆍ．\u3000")
_LATIN_FREQUENT = frozenset("éèêëàâäçôöùûüßñíóáúãõåøæÉÖÜÄ’‘“”–—…«»°§ ")

_FAMILY = {"euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "hz": "gb18030", "iso8859-1": "cp1252"}


class NotText(ValueError):
    """The bytes are no text in any known encoding: NULs or controls all through, as in pictures or programs."""


@dataclass(frozen=True)
class Decoded:
    """A text with LF line ends, the encoding it was read in, and how sure that is.

    `confidence` runs from 0 to 1 and orders cases by doubt; it is not a probability. `replaced` counts the U+FFFD that
    stand for damaged bytes.
    """

    text: str
    encoding: str
    confidence: float
    replaced: int = 0


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """The text in `data`. `declared` is an encoding the file names itself (HTML): believed when it fits the bytes.

    Raises `NotText` for binaries.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _with_replacements(data[len(bom) :], encoding, 1.0)
    if found := _as_declared(data, "utf-8", 1.0) or _as_declared(data, declared, 0.95):
        return found
    damaged = data.decode("utf-8", "replace")
    sound = sum(not char.isascii() for char in damaged[:_SAMPLE]) - (lost := damaged[:_SAMPLE].count("\ufffd"))
    if lost * _SOUND_FOR_ONE_LOST < sound and not _is_binary(damaged):
        return _with_replacements(data, "utf-8", 0.8)
    scores = sorted(_scores(data).items(), key=lambda item: -item[1])
    if not scores:
        raise NotText("The bytes are no text in any known encoding.")
    (encoding, best), *others = scores
    margin = best - others[0][1] if others else 100.0
    return _decoded(data.decode(encoding), encoding, round(min(0.99, 1 - math.exp(-margin / 10)), 2))


def _decoded(text: str, encoding: str, confidence: float, replaced: int = 0) -> Decoded:
    if _is_binary(text):
        raise NotText("The bytes hold control characters all through, as in pictures or programs.")
    return Decoded(normalise_line_ends(text), encoding, confidence, replaced)


def _with_replacements(data: bytes, encoding: str, confidence: float) -> Decoded:
    text = data.decode(encoding, "replace")
    return _decoded(text, encoding, confidence, text.count("\ufffd"))


def _as_declared(data: bytes, declared: str | None, confidence: float) -> Decoded | None:
    try:
        name = codecs.lookup((declared or "").strip()).name
        encoding = _FAMILY.get(name, name)
        return _decoded(data.decode(encoding), encoding, confidence)
    except (LookupError, ValueError):  # an unknown name, bytes that do not fit it, or no text in it
        return None


def _scores(data: bytes) -> dict[str, float]:
    """The log-likelihood of a sample under every candidate that decodes all the bytes to a text."""
    scores: dict[str, float] = {}
    for encoding in _CANDIDATES:
        if encoding == "latin-1" and "cp1252" in scores:
            continue
        try:
            sample = data.decode(encoding)[:_SAMPLE]
        except UnicodeDecodeError:
            continue
        if _is_binary(sample):
            continue
        wide = encoding.startswith("utf-16")
        score = sum(n * _log_probability(char, "utf-16" if wide else encoding) for char, n in Counter(sample).items())
        if wide and score < _LEAST_IN_UTF16 * len(sample):
            continue
        # A sample of characters is a different number of bytes in each encoding: compare per byte of the file.
        scores[encoding] = score * min(len(data), 2 * _SAMPLE) / max(1, len(sample.encode(encoding)))
    return scores


def _is_binary(text: str) -> bool:
    sample = Counter(text[:_SAMPLE])
    controls = sum(n for c, n in sample.items() if (c < " " and c not in "\t\n\r\f\v") or "\x7f" <= c < "\xa0")
    return controls > _MOST_CONTROLS * sample.total()


@lru_cache(maxsize=65_536)
def _log_probability(char: str, encoding: str) -> float:
    """How probable `char` is in a text written in `encoding`."""
    if char.isascii():
        return _ASCII
    if encoding in {"cp1252", "latin-1"}:
        return _ACCENTED if char in _LATIN_FREQUENT else -9.0
    if char in _CJK_PUNCTUATION:
        return _PUNCTUATION
    category = unicodedata.category(char)
    if category in {"Cn", "Co", "Cs"}:
        return _NEVER
    if "\uac00" <= char <= "\ud7a3":
        if encoding not in {"cp949", "utf-16"}:
            return _NEVER
        return _FREQUENT if char in _frequent()["hangul"] else _ORDINARY if _encodes(char, "euc_kr") else _RARE
    if "\u4e00" <= char <= "\u9fff":
        return _log_probability_of_han(char, encoding)
    return _FOREIGN


def _log_probability_of_han(char: str, encoding: str) -> float:
    if encoding == "cp949":
        return _FOREIGN  # Hanja stand in Korean text, but seldom
    lists, core = {
        "gb18030": (("simplified",), "gb2312"),
        "big5": (("traditional",), "big5"),
        "utf-16": (("simplified", "traditional"), "gb18030"),
    }[encoding]
    if any(char in _frequent()[name] for name in lists):
        return _FREQUENT
    return _ORDINARY if _encodes(char, core) else _RARE


def _encodes(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _frequent() -> dict[str, frozenset[str]]:
    lines = (files("tumen.text") / "data" / "frequent.txt").read_text("utf-8").splitlines()
    pairs = (line.split(" ", 1) for line in lines if line and not line.startswith("#"))
    return {name: frozenset(characters) for name, characters in pairs}
