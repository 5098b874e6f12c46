"""Every kind of bad file that section 8 of the foundation names, made here: nothing comes from the network."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from tests.text.extract.build import document_xml, docx, encrypted_pdf, paragraph, pdf

LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A file and how its refusal is told: the failure, where in the file, a word of what to do."""

    name: str
    data: bytes
    error: str
    where: str = ""
    advice: str = ""


def bomb() -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as container,
        container.open("word/document.xml", "w") as part,
    ):
        for _ in range(300):
            part.write(b" " * 1_000_000)
    return file.getvalue()


CASES = [
    Case("empty.txt", b"", "EmptyFile", advice="Check the original"),
    Case("picture.txt", b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0;", "UnknownKind", advice="Convert it"),
    Case("mislabelled.pdf", b"\x7fELF" + b"\0" * 400, "UnknownKind", advice="Convert it"),
    Case("cut.docx", docx(paragraph("Words."))[:-150], "Damaged", advice="Get it again"),
    Case("cut.pdf", pdf(["Words."])[:60], "Damaged", advice="Get it again"),
    Case("locked.pdf", encrypted_pdf("Secret.", "password"), "Encrypted", advice="save a copy without one"),
    Case(
        "locked.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"),
        "Encrypted",
        advice="save a copy without one",
    ),
    Case("bomb.docx", bomb(), "TooLarge", advice="Split it"),
    Case(
        "laughs.docx",
        docx(document=document_xml(paragraph("&i;"), LAUGHS)),
        "Unsafe",
        where="word/document.xml",
        advice="ask the sender",
    ),
    Case("scan.pdf", pdf(["", ""]), "NoText", advice="OCR"),
    Case("..\u202etxt.exe", b"MZ\x90\0" + b"\0" * 300, "UnknownKind", advice="Convert it"),
]


def many_pages() -> Case:
    """A PDF of a hundred thousand pages; made when asked for, it takes a second."""
    return Case("pages.pdf", pdf(["x"] * 100_000), "TooManyPages", advice="Split it")
