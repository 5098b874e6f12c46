"""A file becomes a source: whole, or not at all."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.text.extract.build import docx, page, paragraph, pdf

from tumen.archive import check, folder, identity, objects
from tumen.archive.errors import DiskFull
from tumen.archive.models import Change
from tumen.columns import Mask
from tumen.dates import InvalidDate
from tumen.guard.models import Compartment
from tumen.guard.reading import own_reason, public
from tumen.sources import queries
from tumen.sources.errors import UnknownKind
from tumen.sources.models import Original, Source, Text
from tumen.sources.services import body_of, store, sweep, take_in
from tumen.sources.services.intake import file_stream
from tumen.text.extract import CannotRead

pytestmark = pytest.mark.usefixtures("clean")
WORDS = "They walked to the river at night. The guard shouted."


def take(main: Compartment, data: bytes = WORDS.encode(), name: str = "story.txt", **options: Any) -> Any:
    return take_in(1, io.BytesIO(data), name, main, **{"kind": "news", **options})


def nothing_was_added() -> bool:
    rows = Source.objects.count() + Original.objects.count() + Text.objects.count()
    files = [path for path in folder.current().objects.rglob("*") if path.is_file()]
    return rows == 0 and files == []


def test_the_bytes_are_kept_exactly_and_the_text_is_read(main: Compartment) -> None:
    data = "강을 건너다가 붙잡혔다.\r\n온성에서 조사를 받았다.\r\n".encode("cp949") * 20
    taken = take(main, data, "증언.txt")
    assert b"".join(queries.content(taken.original)) == data
    assert taken.original.size == len(data)
    assert body_of(taken.text).startswith("강을 건너다가 붙잡혔다.\n온성에서")
    assert taken.source.language == "ko"
    assert taken.text.language == "ko"
    assert taken.again is None


def test_source_original_and_text_come_with_one_change(main: Compartment) -> None:
    taken = take(main)
    assert taken.source.change == taken.original.change == taken.text.change
    why = str(own_reason(Change.objects.get(seq=taken.source.change)))
    assert "story" not in why


def test_its_words_are_found(main: Compartment) -> None:
    from tumen.text import match_query

    taken = take(main)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid FROM text_tokens WHERE text_tokens MATCH %s", [match_query("the guard")])
        assert cursor.fetchall() == [(taken.text.pk,)]


def test_the_same_bytes_again_add_nothing_and_name_the_source(main: Compartment) -> None:
    first = take(main)
    again = take(main, name="other name.txt")
    assert again.again == first.source
    assert (again.original, again.text) == (first.original, first.text)
    assert Source.objects.count() == 1
    assert list(objects.names()) == [first.original.object]


def test_the_same_bytes_are_added_again_when_asked_with_a_file_of_their_own(main: Compartment) -> None:
    first, second = take(main), take(main, even_again=True)
    assert second.again is None
    assert first.original.object != second.original.object
    assert b"".join(queries.content(second.original)) == WORDS.encode()


def test_bytes_that_are_known_only_out_of_sight_are_new_and_nothing_is_betrayed(
    main: Compartment, secret: Compartment
) -> None:
    hidden = take(secret)
    taken = take(main, sees=Mask(frozenset({main.pk}), frozenset()))
    assert taken.again is None
    assert taken.source != hidden.source


def test_somebody_who_was_faster_with_the_same_bytes_wins(main: Compartment, monkeypatch: pytest.MonkeyPatch) -> None:
    from tumen.sources.services import intake

    real, others = intake.extract, []

    def slow(data: Any, name: str) -> Any:
        if not others:
            others.append(None)
            others[0] = take(main)
        return real(data, name)

    monkeypatch.setattr(intake, "extract", slow)
    taken = take(main)
    assert taken.again == others[0].source
    assert Source.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "name", "title"),
    [
        (page("<p>" + WORDS * 20 + "</p>").encode(), "x.html", "News of the day"),
        (WORDS.encode(), "a_long_story.txt", "a long story"),
        (WORDS.encode(), "../../etc/evil\u202etxt.exe.txt", "eviltxt.exe"),
        (WORDS.encode(), "C:\\users\\x\\report.txt", "report"),
        (WORDS.encode(), "..", "unnamed"),
    ],
)
def test_the_title_is_the_documents_or_the_files_name_cleaned(
    main: Compartment, data: bytes, name: str, title: str
) -> None:
    assert queries.title(take(main, data, name).source) == title


def test_the_name_of_a_personal_file_does_not_become_a_title_that_everybody_sees(main: Compartment) -> None:
    taken = take(main, name="Kim Yong-hui interview.txt", kind="interview.phone")
    assert "Kim" not in queries.title(taken.source)
    assert queries.title(taken.source).startswith("Interview by phone")


def test_the_files_name_is_sealed(main: Compartment) -> None:
    taken = take(main, name="김영희.txt")
    assert "김영희".encode() not in bytes(taken.original.file_name)
    shown = queries.files(Mask(frozenset({main.pk}), frozenset({"narrative"})), taken.source)[0]
    assert (shown.name.text, shown.name.why) == ("", "masked")


def test_what_is_said_about_it_is_kept_and_dates_become_edtf(main: Compartment) -> None:
    taken = take(main, published="winter 2011", title="Given", publisher="A paper", channel="by mail", language="en")
    source = taken.source
    assert (source.published, queries.title(source), str(public(source, "publisher"))) == (
        "2011-24",
        "Given",
        "A paper",
    )


def test_an_impossible_date_or_an_unknown_kind_is_refused_before_anything_is_written(main: Compartment) -> None:
    with pytest.raises(InvalidDate):
        take(main, published="2011-02-30")
    with pytest.raises(UnknownKind):
        take(main, kind="gossip")
    assert nothing_was_added()


def test_pages_of_a_pdf_and_words_of_a_document(main: Compartment) -> None:
    assert take(main, pdf(["Page one.", "Page two."]), "two.pdf").text.pages == [0, 11]
    assert body_of(take(main, docx(paragraph("잡혔다.")), "one.docx").text) == "잡혔다."


def test_a_file_that_cannot_be_read_leaves_nothing(main: Compartment) -> None:
    with pytest.raises(CannotRead):
        take(main, b"\x7fELF" + b"\0" * 300)
    assert nothing_was_added()


def test_a_file_that_cannot_be_read_is_kept_as_evidence_when_asked_with_the_reason(main: Compartment) -> None:
    data = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0;"
    taken = take(main, data, "김영희.gif", keep_unreadable=True)
    assert taken.text is None
    assert b"".join(queries.content(taken.original)) == data
    assert "This is a picture (GIF)." in taken.warnings
    assert "김영희" not in " ".join(taken.original.warnings)


def test_a_full_disk_while_the_file_is_written_leaves_nothing(
    main: Compartment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(DiskFull):
        patched.setattr(os, "fsync", full)
        take(main)
    assert nothing_was_added()


def test_a_full_disk_while_the_rows_are_written_leaves_nothing(main: Compartment) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DiskFull):
        take(main, os.urandom(300_000).hex().encode())
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")
    assert nothing_was_added()


def test_a_stream_that_breaks_leaves_nothing(main: Compartment) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        take_in(1, broken(), "x.txt", main, kind="news")
    assert nothing_was_added()


def test_what_a_crash_left_is_named_by_the_check_and_swept(archive: folder.Archive, main: Compartment) -> None:
    objects.write(987_654, [b"left behind"])
    assert [finding.kind for finding in check.run()] == ["stray"]
    with store.at_work():
        assert list(check.run()) == []  # it may be in the making
        assert sweep() == 0
    assert sweep() == 1
    assert list(objects.names()) == []


def test_the_check_finds_an_original_that_was_changed(main: Compartment) -> None:
    taken = take(main)
    place = objects.path_of(taken.original.object)
    whole = place.read_bytes()
    place.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert list(check.run()) == []
    assert [finding.kind for finding in check.run(deep=True)] == ["object"]
    place.write_bytes(whole)


def test_the_bytes_stand_nowhere_on_the_disk(main: Compartment, tmp_path: Path) -> None:
    secret = b"a sentence that must not be found anywhere"
    take(main, secret * 50)
    identity.close_connection()
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert secret not in path.read_bytes(), path


def test_pieces_are_read_as_a_file() -> None:
    with file_stream([b"ab", b"", b"cde", b"f"]) as file:
        assert (file.read(3), file.read(), file.read()) == (b"abc", b"def", b"")
