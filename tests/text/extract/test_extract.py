"""Sound files of every kind give their text, whatever their names say."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.text.extract.build import docx, encrypted_pdf, page, paragraph, pdf
from tests.text.shared import documents

from tumen.text.extract import CannotRead, Reader, extract

STORY = [
    "She said that she crossed the river in winter and was sold to a village by the man who had led the way.",
    "A neighbour informed on her; she was held for ten days, then handed over on the bridge with nineteen other women.",
    "그녀는 온성 보위부에서 여섯 달 동안 갇혀 있었고, 중국에서 만난 사람들의 이름을 대라는 추궁을 받았다고 말했다.",
    "她说，在那边的拘留所里，她和另外二十名女性住在一间屋子，每天只有一碗玉米粥，生病的人得不到任何药品。",
]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    shared = Reader()
    yield shared
    shared.close()


def test_every_document_round_trips_exactly(reader: Reader) -> None:
    for name, text in documents().items():
        assert reader.extract(text.encode(), f"{name}.txt").text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_plain_text_is_the_file(reader: Reader, encoding: str) -> None:
    found = reader.extract(STORY[2].replace(" ", "\r\n").encode(encoding), "증언.txt")
    assert found.text == STORY[2].replace(" ", "\n")
    assert (found.media_type, found.language, found.warnings) == ("text/plain", "ko", [])


def test_markdown_is_kept_as_written_and_its_heading_is_the_title(reader: Reader) -> None:
    found = reader.extract("# 증언 12\n\n**강조**\n".encode(), "notes.md")
    assert (found.media_type, found.title, found.text) == ("text/markdown", "증언 12", "# 증언 12\n\n**강조**\n")


def test_a_file_may_be_streamed(reader: Reader) -> None:
    assert len(reader.extract(io.BytesIO(b"word " * 1_000_000), "long.txt").text) == 5_000_000


def test_a_web_page_gives_its_main_text_without_navigation(reader: Reader) -> None:
    head = '<meta charset="utf-8"><meta property="article:published_time" content="2023-05-01T08:00:00Z">'
    main = "<h1>A woman speaks</h1>" + "".join(f"<p>{line}</p>" for line in STORY)
    found = reader.extract(page(main, head=head).encode(), "page.html")
    assert found.text.split("\n") == ["A woman speaks", *STORY]
    assert (found.title, found.published) == ("News of the day", "2023-05-01T08:00:00Z")
    assert found.warnings == []


def test_a_long_article_with_a_short_menu_is_no_whole_page(reader: Reader) -> None:
    main = "".join(f"<p>Paragraph {number}. {STORY[0]}</p>" for number in range(200))
    found = reader.extract(page(main).encode(), "page.html")
    assert len(found.text.split("\n")) == 200
    assert found.warnings == []


def test_a_web_page_in_the_encoding_it_declares(reader: Reader) -> None:
    main = "".join(f"<p>{STORY[2]}</p>" for _ in range(3))
    found = reader.extract(page(main, head='<meta charset="euc-kr">').encode("cp949"), "page.html")
    assert STORY[2] in found.text
    assert found.encoding == "cp949"


@pytest.mark.parametrize(
    "page",
    [
        "<nav><ul>{0}</ul></nav>",
        "<div id='comments'>{0}</div><article><p>A short note.</p></article>",
    ],
)
def test_a_page_whose_main_text_does_not_stand_out_is_taken_whole_and_says_so(reader: Reader, page: str) -> None:
    entries = "".join(f"<div>What reader number {n} has to say</div>" for n in range(60))
    found = reader.extract(f"<html><body>{page.format(entries)}</body></html>".encode(), "list.html")
    assert "What reader number 59 has to say" in found.text
    assert any("whole page" in warning for warning in found.warnings)


def test_pages_of_a_pdf_are_known_by_their_starts(reader: Reader) -> None:
    found = reader.extract(pdf(["First page.", "", "Third page."]), "report.pdf")
    starts = [*found.pages, len(found.text)]
    pages = [found.text[start:end].strip() for start, end in pairwise(starts)]
    assert pages == ["First page.", "", "Third page."]
    assert found.warnings == ["No text layer (pictures or blank) on page 2."]


def test_a_pdf_with_an_empty_user_password_is_read(reader: Reader) -> None:
    assert reader.extract(encrypted_pdf("Open to all.", ""), "a.pdf").text == "Open to all."


def test_a_word_document_keeps_paragraphs_tables_and_notes_in_order(reader: Reader) -> None:
    row = "<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    body = (
        paragraph("처음")
        + "<w:tbl>" + row.format(paragraph("name"), paragraph("age")) + row.format(paragraph("A") * 2, paragraph("23"))
        + "</w:tbl>"
        + '<w:p><w:r><w:t>Told</w:t><w:tab/><w:footnoteReference w:id="2"/></w:r>'
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t> added</w:t></w:r></w:ins></w:p>"
    )  # fmt: skip
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = (
        f'<w:footnotes {w}><w:footnote w:type="separator" w:id="0">{paragraph("")}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph("Interview 7.")}</w:footnote></w:footnotes>'
    )
    core = (
        '<cp:coreProperties xmlns:cp="x" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Statement</dc:title>'
        "</cp:coreProperties>"
    )
    found = reader.extract(docx(body, parts={"word/footnotes.xml": notes, "docProps/core.xml": core}), "s.docx")
    assert found.text == "처음\nname\tage\nA A\t23\nTold\t[2] added\n[2] Interview 7."
    assert found.title == "Statement"
    assert found.warnings == ["The document has tracked changes: deleted words are left out, inserted words are kept."]


def test_tables_in_tables_keep_their_words(reader: Reader) -> None:
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('in')}</w:tc><w:tc>{paragraph('side')}</w:tc></w:tr></w:tbl>"
    body = f"<w:tbl><w:tr><w:tc>{paragraph('out')}{inner}</w:tc></w:tr></w:tbl>"
    assert reader.extract(docx(body), "t.docx").text == "out in side"


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (pdf(["Words."]), "report.docx", "ends in .docx, but the file is a PDF"),
        (docx(paragraph("Words.")), "report.txt", "but the file is a Word document"),
        (page("<p>Words.</p>").encode(), "a.pdf", "but the file is a web page"),
        (b"Words.", "b.pdf", "but the file is plain text"),
    ],
)
def test_a_mislabelled_file_is_read_by_its_content_and_named_as_such(
    reader: Reader, data: bytes, name: str, said: str
) -> None:
    found = reader.extract(data, name)
    assert "Words." in found.text
    assert said in found.warnings[0]


def test_a_document_of_a_common_library_is_read_in_order(reader: Reader) -> None:
    document = Document()
    document.core_properties.title = "진술서"
    document.add_heading("Statement", 1)
    document.add_paragraph("먼저 말한 것")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "place", "온성"
    document.add_paragraph("last")
    file = io.BytesIO()
    document.save(file)
    file.seek(0)
    found = reader.extract(file, "statement.docx")
    assert found.text == "Statement\n먼저 말한 것\nplace\t온성\nlast"
    assert found.title == "진술서"


def test_threads_may_share_a_reader(reader: Reader) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: reader.extract(f"text {n}".encode(), "a.txt").text, range(20)))
    assert found == [f"text {n}" for n in range(20)]


def test_the_shared_reader_is_there_without_any_setting_up() -> None:
    assert extract("구타".encode(), "a.txt").text == "구타"


def test_a_file_that_breaks_while_it_is_streamed_is_not_blamed_on_its_content(reader: Reader) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError("the disk is gone")
            return super().read(10)

    with pytest.raises(OSError, match="the disk is gone"):
        reader.extract(Breaking(b"x" * 100), "a.txt")
    assert reader.extract(b"words", "next.txt").text == "words"


def test_a_guessed_encoding_is_said(reader: Reader) -> None:
    assert "guess (cp949)" in reader.extract("증언".encode("cp949"), "a.txt").warnings[0]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_of_any_kind_gives_text_or_a_clear_refusal(reader: Reader, data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([pdf(["One.", "Two."]), docx(paragraph("One.")), page("<p>One.</p>").encode()]))
    damaged = bytearray(whole[: data.draw(st.integers(1, len(whole)))])
    for _ in range(data.draw(st.integers(0, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = reader.extract(bytes(damaged), "x.bin")
    except CannotRead as failure:
        assert str(failure).startswith("x.bin")
        assert failure.advice in str(failure)
    else:
        assert found.text.strip()
