"""What kind of file some bytes are, by their content."""

import re

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
HTML = "text/html"
PLAIN = "text/plain"
MARKDOWN = "text/markdown"

_BY_SUFFIX = {
    "pdf": PDF, "docx": DOCX, "html": HTML, "htm": HTML, "xhtml": HTML, "txt": PLAIN, "text": PLAIN, "md": MARKDOWN,
    "markdown": MARKDOWN, "doc": OLE, "zip": ZIP,
}  # fmt: skip

# (where, first bytes, media type): kinds that hold no text for us are known by name, so that the message can say it.
_SIGNATURES: list[tuple[int, bytes, str]] = [
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (0, b"GIF8", "image/gif"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!", "application/vnd.rar"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"HWP Document File", "application/x-hwp"),
]
_PDF_WITHIN = 1024  # readers accept a header after some junk
_MARKUP = re.compile(
    rb"\A[\s\xef\xbb\xbf]*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)


_WORDS = {
    "image/gif": "a picture (GIF)",
    "image/png": "a picture (PNG)",
    "image/jpeg": "a picture (JPEG)",
    "image/tiff": "a picture (TIFF)",
    "image/webp": "a picture (WebP)",
    "video/mp4": "a film or a sound recording (MP4)",
    "audio/mpeg": "a sound recording (MP3)",
    "audio/ogg": "a sound recording (Ogg)",
    "audio/wav": "a sound recording (WAV)",
    "application/rtf": "a rich text document (RTF)",
    "application/gzip": "a packed file (GZ)",
    "application/x-7z-compressed": "a packed file (7z)",
    "application/vnd.rar": "a packed file (RAR)",
    "application/x-executable": "a program",
    "application/vnd.sqlite3": "a database (SQLite)",
    "application/x-hwp": "a Hangul document (HWP)",
}


def in_words(media_type: str) -> str:
    """A kind as a person calls it."""
    return _WORDS.get(media_type, media_type)


def kind_by_content(data: bytes) -> str:
    """The media type of the bytes; `text/plain` for what may be text of any kind."""
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return PDF
    for at, signature, media_type in _SIGNATURES:
        if data.startswith(signature, at):
            return media_type
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode("ascii", "ignore")
    return HTML if _MARKUP.match(head) else PLAIN


def kind_by_name(suffix: str) -> str | None:
    """What a name that ends in `suffix` (without the dot) promises; None when it promises nothing known."""
    return _BY_SUFFIX.get(suffix.lower())
