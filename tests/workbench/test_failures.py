"""What a browser's user reads when something fails that she can do something about: what, where, and what to do."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from sqlcipher3 import dbapi2

from tumen.archive import folder
from tumen.archive.errors import DiskFull
from tumen.counting import search
from tumen.workbench.services import furnish

FULL = "The disk is full or failing (saving a change): nothing of this was kept. Free space, then try again."


@pytest.fixture
def client(archive: folder.Archive) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(furnish("demo", "fictional-demo"))
    return client


def engine_error() -> OperationalError:
    """A full disk as the engine tells it to code that has no words of its own for it."""
    cause = dbapi2.OperationalError("database or disk is full")
    cause.sqlite_errorcode = dbapi2.SQLITE_FULL
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("failure", [DiskFull(FULL), engine_error()], ids=["by the archive", "by the engine"])
def test_a_full_disk_is_told_on_a_page_and_in_one_line_to_a_part_of_a_page(
    client: Client, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_: object) -> str:
        raise failure

    monkeypatch.setattr(search, "remember", fail)
    page = client.post("/search/", {"text": "Onsong"}, headers={"Accept": "text/html"})
    assert page.status_code == 507 and FULL in page.content.decode()
    part = client.post("/search/", {"text": "Onsong"}, headers={"Accept": "*/*", "HX-Request": "true"})
    assert (part.status_code, part.content.decode()) == (507, FULL)
    korean = client.post("/search/", {"text": "Onsong"}, headers={"Accept": "*/*", "Accept-Language": "ko"})
    assert korean.content.decode().startswith("디스크가 꽉 찼거나 고장 났습니다(변경을 저장하는 중).")


def test_what_nobody_foresaw_is_told_without_its_detail(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise ValueError("a name that was typed")

    monkeypatch.setattr(search, "remember", fail)
    for accept in ("text/html", "*/*"):
        answer = client.post("/search/", {"text": "Onsong"}, headers={"Accept": accept})
        assert answer.status_code == 500
        assert "a name that was typed" not in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "english", "korean"),
    [
        (
            "sex.csv",
            "code,label_en\nno code!,x\n",
            "sex.csv, row 2, code: &#x27;no code!&#x27; is no code. Use letters, digits",
            "sex.csv, 2행, code: &#x27;no code!&#x27;은(는) 코드가 아닙니다. 로마자, 숫자",
        ),
        (
            "places.csv",
            "code,parent,kind,name_en,name_ko,name_zh,other_names,former_names,lat,lon,coordinate_basis,precision,"
            "valid_from,valid_to,source,note\nKP-99,,county,Some,,,,,95,1,,,,,x,\n",
            "places.csv, row 2, lat: &#x27;95&#x27; is not a number of degrees between -90 and 90. Use decimal degrees",
            "places.csv, 2행, lat: &#x27;95&#x27;은(는) -90에서 90 사이의 도가 아닙니다. 42.96처럼",
        ),
        (
            "sex.csv",
            "",
            "sex.csv, file: the file is empty. Begin with a heading",
            "sex.csv, file: 파일이 비어 있습니다.",
        ),
        (
            "sex.xls",
            "x",
            "unknown ending &#x27;.xls&#x27;. Use a file that ends",
            "알 수 없는 확장자입니다: &#x27;.xls&#x27;",
        ),
    ],
)
def test_a_bad_row_of_a_list_is_told_with_file_row_field_and_remedy(
    client: Client, name: str, content: str, english: str, korean: str
) -> None:
    for language, said in (("en", english), ("ko", korean)):
        file = SimpleUploadedFile(name, content.encode())
        answer = client.post("/vocabularies/load/", {"file": file}, headers={"Accept-Language": language})
        assert answer.status_code == 422
        assert said in answer.content.decode(), answer.content.decode()[-1500:]
