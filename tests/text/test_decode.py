"""Files from Korean and Chinese offices are read in the encoding they were written in."""

import codecs
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.text.shared import documents

from tumen.text import NotText, decode

KOREAN = [
    "그녀는 두만강을 건넜다고 말했다.",
    "보위부에서 구타를 당하였다고 한다",
    "강제송환된 여성들의 진술을 모았다",
    "인권 단체의 보고서에 따르면 여성들은 겨울에 강을 건넜다.",
    "2013년 3월, 온성군",
    "똠방각하 뷁 쐈다",  # syllables outside KS X 1001
]
SIMPLIFIED = [
    "她在延吉市被公安抓住，后来被遣返。",
    "边防部队把他们交给对方的警察",
    "邻居举报以后，公安把她抓走，关了十天",
    "妇女和儿童在拘留所里只有玉米粥",
]
TRADITIONAL = ["她在延吉市被公安抓住，後來被遣返。", "鄰居舉報以後，公安把她抓走", "人權團體的報告說婦女被送回去"]
WESTERN = ["Café à Genève, où était-elle ?", "Müller sagte, daß es größer wäre", "“Quoted” – it’s El niño"]

cases = [
    (text, encoding)
    for texts, encodings in [
        (KOREAN, ["cp949", "utf-16-le", "utf-16-be", "utf-8"]),
        (SIMPLIFIED, ["gb18030", "utf-16-le", "utf-16-be", "utf-8"]),
        (TRADITIONAL, ["big5", "utf-8"]),
        (WESTERN, ["cp1252", "utf-8"]),
    ]
    for text in texts
    for encoding in encodings
]


@pytest.mark.parametrize(("text", "encoding"), cases)
def test_short_texts_are_read_in_their_encoding(text: str, encoding: str) -> None:
    found = decode(text.encode(encoding))
    assert (found.text, found.encoding) == (text, encoding)
    assert found.confidence > 0.25


@pytest.mark.parametrize("name", ["007", "008", "009", "208"])
def test_any_twenty_characters_of_a_real_document_are_enough(name: str) -> None:
    text = documents()[name]
    encoding = "gb18030" if name == "009" else "cp949"
    draw = random.Random(5)
    read = []
    for _ in range(200):
        start = draw.randrange(len(text) - 20)
        piece = text[start : start + 20]
        try:
            read.append(decode(piece.encode(encoding)).text == piece)
        except UnicodeEncodeError:
            continue  # a character the old encoding does not have
    assert len(read) > 100
    assert all(read)


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_decides_and_is_no_part_of_the_text(bom: bytes, encoding: str) -> None:
    found = decode(bom + "구타 torture".encode(encoding))
    assert (found.text, found.encoding, found.confidence) == ("구타 torture", encoding, 1.0)


def test_line_ends_become_lf() -> None:
    assert decode(b"a\r\nb\rc").text == "a\nb\nc"


def test_a_longer_text_is_surer() -> None:
    assert decode("강제송환".encode("cp949")).confidence < decode(KOREAN[3].encode("cp949")).confidence


def test_a_declared_encoding_is_believed_when_it_fits() -> None:
    assert decode("飢餓與寒冷".encode("gb18030"), declared="GBK").text == "飢餓與寒冷"
    assert decode("구타를 당했다".encode("cp949"), declared="no-such-code").encoding == "cp949"
    assert decode("구타를 당했다".encode(), declared="euc-kr").encoding == "utf-8"


def test_a_utf8_file_cut_in_a_character_stays_utf8_and_says_so() -> None:
    found = decode(("구타를 당했다고 말했다. " * 3).encode()[:-3])
    assert found.encoding == "utf-8"
    assert found.replaced == 1
    assert found.text.startswith("구타를")


@pytest.mark.parametrize(
    "data",
    [
        b"\0" * 100,
        bytes(range(256)) * 10,
        random.Random(3).randbytes(3000),
        b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;",
    ],
    ids=["zeros", "all bytes", "random", "gif"],
)
def test_binaries_are_refused(data: bytes) -> None:
    with pytest.raises(NotText):
        decode(data)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"])))
def test_utf8_is_always_itself(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode(text.encode()).text == text


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_give_text_with_lf_ends_or_a_refusal(data: bytes) -> None:
    try:
        found = decode(data)
    except NotText:
        return
    assert "\r" not in found.text
    assert 0 <= found.confidence <= 1
