"""The reading process: `python -m tumen.text.extract.worker`, driven through its pipes by `Reader`.

It first says which walls stand around it, then answers one file after the other until its input ends. Names never
come as arguments or files; a name's ending is all it gets. Its error output is discarded, for it might quote the
text.
"""

import json
import os
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

from tumen.text.extract import docx, html, pdf, plain
from tumen.text.extract.confine import Forbidden, confine, limit_cpu, limit_resources
from tumen.text.extract.errors import CannotRead, Encrypted, TooDeep, TooLarge, UnknownKind
from tumen.text.extract.frames import CHUNK, read_frame, write_frame
from tumen.text.extract.kinds import DOCX, HTML, MARKDOWN, OLE, PDF, PLAIN, ZIP, in_words, kind_by_content, kind_by_name
from tumen.text.extract.model import Extraction, Limits
from tumen.text.extract.sentences import IS_KIND, NAME_AND_KIND

_HWP = b"HWP Document File"  # what the stream FileHeader of a Hangul document begins with
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")  # the stream of a password-protected DOCX


def extract_here(data: bytes, suffix: str, limits: Limits) -> Extraction:
    """Read one file in this process. `suffix` is the ending of its name, without the dot."""
    kind = kind_by_content(data)
    promised = kind_by_name(suffix)
    if kind == PDF:
        found = pdf.read(data, limits)
    elif kind == ZIP:
        found = docx.read(data, limits)
    elif kind == HTML or (kind == PLAIN and promised == HTML and b"<" in data):
        found = html.read(data)
    elif kind == PLAIN:
        found = plain.read(data, markdown=promised == MARKDOWN)
    elif kind == OLE and _ENCRYPTED_PACKAGE in data:
        raise Encrypted("The Office document is protected by a password.")
    elif kind == OLE and _HWP in data:
        raise UnknownKind(IS_KIND.format(kind=in_words("application/x-hwp")))
    elif kind == OLE:
        raise UnknownKind("This is an old Office document (DOC, XLS or PPT).")
    else:
        raise UnknownKind(IS_KIND.format(kind=in_words(kind)))
    if len(found.text) > limits.text_characters:
        raise TooLarge("Its text is longer than the limit.")
    if promised not in {None, found.media_type} and {promised, found.media_type} != {PLAIN, MARKDOWN}:
        found.warnings.insert(0, NAME_AND_KIND.format(suffix=suffix, kind=_WORDS[found.media_type]))
    return found


_WORDS = {PDF: "a PDF", DOCX: "a Word document (DOCX)", HTML: "a web page", PLAIN: "plain text", MARKDOWN: "Markdown"}


def answer(data: bytes, suffix: str, limits: Limits) -> tuple[dict[str, Any], bool]:
    """The reply to one file, and whether this process is still fit for the next."""
    try:
        found = asdict(extract_here(data, suffix, limits))
    except CannotRead as failure:
        reply = {"failure": type(failure).__name__, "detail": failure.detail, "where": failure.where}
        return reply, not isinstance(failure, TooDeep | TooLarge)
    except Forbidden as tried:
        return {"failure": "Unsafe", "detail": f"Reading it was stopped. {tried}", "where": ""}, False
    except MemoryError:
        return {"failure": "TooLarge", "detail": "Reading it needs more memory than the limit.", "where": ""}, False
    except RecursionError:
        return {"failure": "TooDeep", "detail": "", "where": ""}, False
    except Exception as unforeseen:  # a parser's own mistake on this file; its message might quote the text
        return {"failure": "Damaged", "detail": "", "where": "", "unforeseen": type(unforeseen).__name__}, False
    # Parsers leave lone surrogates and NULs; neither can be stored or shown.
    found["text"] = found["text"].replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return found, True


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer files until the input ends."""
    limits = Limits(**json.loads(read_frame(incoming, CHUNK)))
    limit_resources(limits)
    say(outgoing, {"walls": confine()})
    fit = True
    while fit:
        try:
            request = json.loads(read_frame(incoming, CHUNK))
        except EOFError:
            return
        chunks = []
        while chunk := read_frame(incoming, CHUNK):
            chunks.append(chunk)
        data = b"".join(chunks)
        del chunks
        limit_cpu(limits.cpu_seconds)
        reply, fit = answer(data, request["suffix"], limits)
        say(outgoing, reply | {"fit": fit})


def say(outgoing: BinaryIO, reply: dict[str, Any]) -> None:
    """Send one reply."""
    write_frame(outgoing, json.dumps(reply, ensure_ascii=False).encode("utf-8", "replace"))
    outgoing.flush()


def main() -> None:
    """Keep the pipes to ourselves, so that nothing a library prints gets between the frames."""
    outgoing = os.fdopen(os.dup(1), "wb")
    incoming = os.fdopen(os.dup(0), "rb")
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 0)
    os.dup2(silence, 1)
    sys.setrecursionlimit(2_000)
    serve(incoming, outgoing)


if __name__ == "__main__":
    main()
