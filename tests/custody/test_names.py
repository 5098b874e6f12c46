"""Names in bags: none leads out, none deceives, no two are one on another system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.custody import UnsafeName, check_names


def test_ordinary_names_of_every_script_pass() -> None:
    check_names(["originals/7.pdf", "originals/8.pdf", "원본/진술서 1.txt", "文本/一.txt", "a/b/c", "a/b/d", "نص.txt"])


@pytest.mark.parametrize(
    "name",
    [
        "", "/etc/passwd", "..", "../a", "a/../b", "a/./b", "a//b", "a/", "a\\b", "c:a", "a*", "a?", 'a"', "a<b", "a|b",
        "a%2e", "a\nb", "a\x00b", "a\x7f", "\u202ecod.exe", "a\u2066b", "a\u200fb", "a\u200bb", "a\ufeff", "a\u2028b",
        "\ud800", "\ue000", "e\u0301", "\u1112\u1161\u11ab", " a", "a ", "a.", "con", "NUL.txt", "x/Com1", "가" * 86,
    ],
)  # fmt: skip
def test_a_name_that_some_system_or_eye_takes_otherwise_is_refused(name: str) -> None:
    with pytest.raises(UnsafeName):
        check_names([name])


def test_every_character_and_device_that_windows_reserves_is_refused() -> None:
    devices = ["CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))]
    for name in [*(f"a{c}b" for c in '\\:*?"<>|%'), *devices, *(f"{device.lower()}.x.y" for device in devices)]:
        with pytest.raises(UnsafeName):
            check_names([name])
    check_names(["console", "com", "lpt10", "auxiliary.txt", "가" * 85])


@pytest.mark.parametrize(
    "names",
    [
        ["a", "a"], ["a.txt", "A.TXT"], ["straße", "STRASSE"], ["ﬁle", "file"], ["Å", "å"], ["a", "a/b"], ["a/b", "a"],
        ["a/b", "A/c"], ["a/b", "A"], ["A", "a/b"], ["x/ａ", "x/a"],
    ],
)  # fmt: skip
def test_two_names_that_are_one_somewhere_are_refused(names: list[str]) -> None:
    with pytest.raises(UnsafeName):
        check_names(names)


@given(st.lists(st.text(max_size=12), max_size=4))
def test_what_passes_stays_inside_and_is_told_apart_by_case_folding(names: list[str]) -> None:
    try:
        check_names(names)
    except UnsafeName:
        return
    assert all(part not in ("", ".", "..") for name in names for part in name.split("/"))
    assert len({name.casefold() for name in names}) == len(names)
