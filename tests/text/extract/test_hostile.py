"""Hostile, broken and misleading files are refused in bounded time, and the next file is read all the same."""

import io
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator

import pytest
from tests.text.extract.build import document_xml, docx, encrypted_pdf, paragraph, pdf

from tumen.text.extract import (
    CannotRead,
    Damaged,
    EmptyFile,
    Encrypted,
    Limits,
    NoText,
    Reader,
    ReaderDied,
    TooDeep,
    TooLarge,
    TooManyPages,
    TooSlow,
    UnknownKind,
    Unsafe,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
LAUGHS = (
    "<!DOCTYPE lolz [<!ENTITY a 'lol'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
EXTERNAL = "<!DOCTYPE x [<!ENTITY secret SYSTEM 'file:///etc/hostname'>]>"
UTF16_LAUGHS = document_xml(paragraph("&j;"), LAUGHS).replace('version="1.0"', 'version="1.0" encoding="UTF-16"')


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    shared = Reader(Limits(cpu_seconds=20, wall_seconds=30))
    yield shared
    shared.close()


def lying_bomb() -> bytes:
    """A Word document whose directory says that its 300 MB are 1,000 bytes."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as container,
        container.open("word/document.xml", "w") as part,
    ):
        for _ in range(300):
            part.write(b" " * 1_000_000)
    data = bytearray(file.getvalue())
    entry = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 24, 1_000)
    return bytes(data)


@pytest.mark.parametrize(
    ("failure", "data", "name"),
    [
        (EmptyFile, b"", "empty.txt"),
        (NoText, b" \n\t\n", "blank.txt"),
        (UnknownKind, b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0;", "picture.txt"),
        (UnknownKind, b"\0" * 5_000, "zeros.txt"),
        (UnknownKind, OLE, "old.doc"),
        (Encrypted, OLE + "EncryptedPackage".encode("utf-16-le"), "locked.docx"),
        (Encrypted, encrypted_pdf("Secret.", "password"), "locked.pdf"),
        (Damaged, docx(paragraph("Words."))[:-200], "cut.docx"),
        (Damaged, pdf(["Words."])[:60], "cut.pdf"),
        (Damaged, docx(document="<w:document><w:body>"), "unclosed.docx"),
        (NoText, pdf(["", ""]), "scan.pdf"),
        (NoText, docx(""), "pictures.docx"),
        (TooLarge, docx(" " * 50_000_000), "bomb.docx"),
        (TooLarge, docx("x", parts={f"word/{n}.xml": "y" * 30_000_000 for n in range(8)}), "many.docx"),
        (Damaged, lying_bomb(), "lying.docx"),
        (Unsafe, docx(document=document_xml(paragraph("&j;"), LAUGHS)), "laughs.docx"),
        (Unsafe, docx(document=document_xml(paragraph("&secret;"), EXTERNAL)), "external.docx"),
        (TooDeep, docx("<w:tbl><w:tr><w:tc>" * 3_000 + "</w:tc></w:tr></w:tbl>" * 3_000), "deep.docx"),
        (TooDeep, b"<html><body>" + b"<div>" * 100_000 + b"words", "deep.html"),
        (TooManyPages, pdf(["Words."], claimed_count=100_000), "claims.pdf"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_is_refused_and_the_next_file_is_read(
    reader: Reader, failure: type[CannotRead], data: bytes, name: str
) -> None:
    with pytest.raises(CannotRead) as raised:
        reader.extract(data, name)
    assert type(raised.value) is failure
    assert str(raised.value).startswith(name)
    assert str(raised.value).endswith(failure.advice)
    assert reader.extract("그 다음 파일".encode(), "next.txt").text == "그 다음 파일"


@pytest.mark.parametrize(
    ("part", "said"),
    [("xl/workbook.xml", "a spreadsheet"), ("Contents/content.hpf", "a Hangul document .HWPX")],
)
def test_another_container_named_docx_is_said_to_be_what_it_is(reader: Reader, part: str, said: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as container:
        container.writestr(part, "<x/>")
    with pytest.raises(UnknownKind, match=said):
        reader.extract(file.getvalue(), "list.docx")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (OLE + b"HWP Document File" + b"\0" * 200, "This is a Hangul document .HWP."),
        (b"GIF89a" + b"\0" * 40, "This is a picture .GIF."),
        (b"\x7fELF" + b"\0" * 40, "This is a program."),
    ],
)
def test_a_kind_that_cannot_be_read_is_called_as_people_call_it(reader: Reader, data: bytes, said: str) -> None:
    with pytest.raises(UnknownKind, match=said):
        reader.extract(data, "file.doc")


def test_entities_hidden_in_utf16_are_found(reader: Reader) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as container:
        container.writestr("word/document.xml", UTF16_LAUGHS.encode("utf-16"))
    with pytest.raises(Unsafe):
        reader.extract(file.getvalue(), "laughs16.docx")


def test_a_web_page_cannot_expand_entities_or_read_files(reader: Reader) -> None:
    page = f"{LAUGHS}<html><body><p>Some words &j; and {EXTERNAL} &secret;</p></body></html>"
    assert len(reader.extract(page.encode(), "laughs.html").text) < 2 * len(page)


def test_a_pdf_of_a_hundred_thousand_pages_that_lies_about_it_is_refused_in_time(reader: Reader) -> None:
    huge = pdf(["x"] * 100_000, claimed_count=3)
    with pytest.raises(CannotRead) as raised:
        reader.extract(huge, "huge.pdf")
    assert type(raised.value) in {TooManyPages, TooSlow}
    assert reader.extract(b"words", "next.txt").text == "words"


def test_a_name_that_deceives_is_shown_without_its_tricks(reader: Reader) -> None:
    with pytest.raises(EmptyFile) as raised:
        reader.extract(b"", "../../etc/\u202efdp.exe\n")
    assert str(raised.value).startswith("fdp.exe: ")


def test_a_longer_file_than_the_limit_is_not_taken_in() -> None:
    small = Reader(Limits(input_bytes=3_000_000))
    try:
        with pytest.raises(TooLarge, match="3,000,000 bytes"):
            small.extract(io.BytesIO(b"x" * 5_000_000), "big.txt")
        assert small.extract(b"words", "next.txt").text == "words"
    finally:
        small.close()


@pytest.mark.parametrize(
    ("limits", "failure"),
    [
        (Limits(cpu_seconds=1, pages=10**6), TooSlow),
        (Limits(wall_seconds=0.3, pages=10**6), TooSlow),
        (Limits(text_characters=1_000, pages=10**6), TooLarge),
    ],
    ids=["processor time", "waiting", "length of text"],
)
def test_what_costs_more_than_the_limits_is_stopped(limits: Limits, failure: type[CannotRead]) -> None:
    limited = Reader(limits)
    try:
        with pytest.raises(failure):
            limited.extract(pdf(["Many words on a page"] * 12_000), "long.pdf")
        assert limited.extract(b"words", "next.txt").text == "words"
    finally:
        limited.close()


def test_memory_beyond_the_limit_ends_only_the_reading_process() -> None:
    limited = Reader(Limits(memory_bytes=300 * 1024 * 1024))
    try:
        with pytest.raises((TooLarge, ReaderDied)):
            limited.extract("구타 ".encode() * 15_000_000, "big.txt")
        assert limited.extract(b"words", "next.txt").text == "words"
    finally:
        limited.close()


def test_the_process_is_replaced_after_so_many_files() -> None:
    fresh = Reader(Limits(files_per_worker=1))
    try:
        assert [fresh.extract(b"a", "a.txt").text, fresh.extract(b"b", "b.txt").text] == ["a", "b"]
    finally:
        fresh.close()


ATTEMPTS = {
    "socket": "import socket; socket.socket()",
    "program": "import subprocess; subprocess.run(['/bin/true'])",
    "system": "import os; os.system('true')",
    "fork": "import os; os.fork()",
    "written file": "open('/tmp/tumen-should-not-exist', 'w')",
    "removed file": "import os; os.remove('/tmp/tumen-should-not-exist')",
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_code_in_the_reading_process_can_not(attempt: str) -> None:
    code = (
        "import socket, subprocess, os\n"
        "from tumen.text.extract.confine import Forbidden, confine\n"
        f"confine()\ntry:\n    {attempt}\nexcept Forbidden:\n    print('stopped')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "stopped\n", done.stderr


CALLS = {
    "socket": "libc.socket(2, 1, 0)",
    "local socket": "libc.socketpair(1, 1, 0, pair)",
    "fork": "libc.fork()",
    "program": "libc.execve(b'/bin/true', None, None)",
    "watching another process": "libc.ptrace(16, os.getppid(), None, None)",
    "signal": "libc.kill(os.getppid(), 0)",
    "written file": "libc.open(b'/tmp/tumen-should-not-exist', os.O_WRONLY | os.O_CREAT, 0o600)",
    "file opened for writing": "libc.open(b'/dev/null', os.O_RDWR)",
    "folder": "libc.mkdir(b'/tmp/tumen-should-not-exist', 0o700)",
    "removed file": "libc.unlink(b'/tmp/tumen-should-not-exist')",
    "named pipe": "libc.mkfifo(b'/tmp/tumen-should-not-exist', 0o600)",
    "memory file": "libc.memfd_create(b'x', 0)",
    "new namespace": "libc.unshare(0x10000000)",
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_machine_code_in_the_reading_process_can_not(call: str) -> None:
    code = (
        "import ctypes, errno, os\n"
        "from tumen.text.extract.confine import confine\n"
        "libc, pair = ctypes.CDLL(None), (ctypes.c_int * 2)()\n"
        "libc.__errno_location.restype = ctypes.POINTER(ctypes.c_int)\n"
        "said = libc.__errno_location()\n"
        f"called = lambda: {call}\n"
        f"libc.{call.split('(')[0].split('.')[1]}\n"  # looked up before, as code that took the process over would have
        "walls = confine()\n"
        "done, why = called(), said[0]\n"
        "print(done, errno.errorcode.get(why), '(seccomp)' in ' '.join(walls))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.stdout.endswith("False\n"):
        pytest.skip("this machine has no system call filter")
    assert done.stdout == "-1 EPERM True\n", done.stdout + done.stderr


def test_where_the_kernel_has_landlock_other_files_cannot_even_be_read() -> None:
    code = (
        "from tumen.text.extract.confine import confine\n"
        "walls = confine()\n"
        "try:\n    open('/etc/hostname').close(); print('read', walls)\n"
        "except PermissionError:\n    print('stopped', walls)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    said, walls = done.stdout.split(" ", 1)
    if "files" not in walls:
        pytest.skip("this kernel has no Landlock")
    assert said == "stopped"
