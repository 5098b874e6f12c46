"""Scripts, the language they suggest, and names that cannot deceive."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.text import guess_language, safe_name, script_shares


def test_shares_are_of_letters_only() -> None:
    assert script_shares("구타 ab 12!") == {"Hangul": 0.5, "Latin": 0.5}
    assert script_shares("123 — !") == {}


@given(st.text())
def test_shares_add_up_to_one(text: str) -> None:
    shares = script_shares(text)
    assert not shares or abs(sum(shares.values()) - 1) < 1e-9


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("She was taken to Onsong.", "en"),
        ("그녀는 온성(穩城)으로 끌려갔다고 NGO가 말했다.", "ko"),
        ("보위부 State Security Department, MSS", "en"),
        ("她被送到穩城的拘留所。", "zh"),
        ("彼女は送られた", "ja"),
        ("2013", ""),
    ],
)
def test_the_language_is_guessed_from_the_scripts(text: str, language: str) -> None:
    assert guess_language(text) == language


def test_a_long_text_is_judged_by_all_its_parts() -> None:
    assert guess_language("Cover page in English. " * 200 + "그녀는 온성으로 끌려갔다. " * 5_000) == "ko"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\증언.docx", "증언.docx"),
        ("report\u202etxt.exe", "reporttxt.exe"),
        ("a\nb\x00\x1b[31m.txt", "a b[31m.txt"),
        ("온성.txt", "온성.txt"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("a/", "unnamed"),
        ("zero\u200bwidth.pdf", "zerowidth.pdf"),
    ],
)
def test_a_shown_name_is_one_harmless_line(name: str, shown: str) -> None:
    assert safe_name(name) == shown


def test_a_long_name_keeps_its_ending() -> None:
    shown = safe_name("가" * 500 + ".pdf")
    assert len(shown) == 120
    assert shown.endswith("가.pdf")


@given(st.text())
def test_no_name_hides_or_reorders_characters(name: str) -> None:
    assert not {unicodedata.category(c) for c in safe_name(name)} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
