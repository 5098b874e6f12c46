"""Positions survive the way to a browser and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.text import InsideCharacter, OutsideText, from_utf8, from_utf16, normalise_line_ends, to_utf8, to_utf16

texts = st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("𠮷😀구é\n")), max_size=40)


@given(texts, st.data())
def test_utf16_positions_count_what_javascript_counts(text: str, data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.integers(0, len(text))))
    units = to_utf16(text, wanted)
    assert units == [len(text[:p].encode("utf-16-le")) // 2 for p in wanted]
    assert from_utf16(text, units) == wanted


@given(texts, st.data())
def test_utf8_positions_count_bytes(text: str, data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.integers(0, len(text))))
    octets = to_utf8(text, wanted)
    assert octets == [len(text[:p].encode()) for p in wanted]
    assert from_utf8(text, octets) == wanted


def test_a_position_inside_a_character_is_refused() -> None:
    with pytest.raises(InsideCharacter, match="position 2"):
        from_utf16("a😀b", [1, 2])
    with pytest.raises(InsideCharacter, match="position 1"):
        from_utf8("구타", [0, 1])


@pytest.mark.parametrize("convert", [to_utf16, from_utf16, to_utf8, from_utf8])
@pytest.mark.parametrize("position", [-1, 99])
def test_a_position_outside_the_text_is_refused(convert, position: int) -> None:
    with pytest.raises(OutsideText, match=str(position)):
        convert("구타 😀", [position])


def test_line_ends_become_lf_and_nothing_else_changes() -> None:
    assert normalise_line_ends("a\r\nb\rc\n\n\u2028\x0bd\r\r\n") == "a\nb\nc\n\n\u2028\x0bd\n\n"
