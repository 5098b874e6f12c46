"""Plain text and Markdown: the text is the file."""

from tumen.text.decode import NotText, decode
from tumen.text.extract.errors import NoText, UnknownKind
from tumen.text.extract.kinds import MARKDOWN, PLAIN
from tumen.text.extract.model import Extraction
from tumen.text.extract.sentences import GUESSED_ENCODING, REPLACED
from tumen.text.scripts import guess_language

_UNSURE = 0.6


def read(data: bytes, *, markdown: bool) -> Extraction:
    """The decoded text, unchanged but for line ends. Markdown is kept as written; its first heading is the title."""
    try:
        found = decode(data)
    except NotText as error:
        raise UnknownKind("The bytes are neither text nor a known kind of document.") from error
    if not found.text.strip():
        raise NoText("The file holds nothing but blanks.")
    heading = next((line for line in found.text.split("\n", 200) if line.startswith("# ")), "") if markdown else ""
    return Extraction(
        text=found.text,
        media_type=MARKDOWN if markdown else PLAIN,
        language=guess_language(found.text),
        encoding=found.encoding,
        title=heading.removeprefix("# ").strip(),
        warnings=encoding_warnings(found.encoding, found.confidence, found.replaced),
    )


def encoding_warnings(encoding: str, confidence: float, replaced: int) -> list[str]:
    """What a reader should know about how the bytes were decoded."""
    warnings = []
    if confidence < _UNSURE:
        warnings.append(GUESSED_ENCODING.format(encoding=encoding))
    if replaced:
        warnings.append(REPLACED.format(n=replaced))
    return warnings
