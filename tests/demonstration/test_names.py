from __future__ import annotations

import numpy as np

from tumen.demonstration import names


def name(surname: str, given: str) -> tuple[int, int, int]:
    known = names.syllables()
    index = [row["hangul"] for row in known.given]
    return ([row["dprk"] for row in known.surnames].index(surname), index.index(given[0]), index.index(given[1]))


def test_one_name_is_spelled_in_three_scripts_and_five_romanisations() -> None:
    who = name("리", "금순")
    assert names.hangul(*who, False) == "리금순"
    assert names.hangul(*who, False, southern=True) == "이금순"
    assert names.hanja(*who, False, simplified=False) == "李今順"
    assert names.hanja(*who, False, simplified=True) == "李今顺"
    spelled = {style: names.latin(*who, False, style) for style in names.LATIN_STYLES}
    assert spelled == {
        "dprk": "Ri Kum Sun",
        "adhoc": "Lee Kum Soon",
        "rr": "I Geumsun",
        "mr": "Yi Kŭm-sun",
        "pinyin": "Li Jinshun",
    }
    assert names.latin(*who, False, "dprk", given_first=True) == "Kum Sun Ri"


def test_a_name_is_misheard_in_a_given_syllable_only() -> None:
    assert names.mishear("리금순") == "리금선"
    assert names.mishear("고태") == "고태"


def test_no_drawn_misheard_or_assumed_name_is_one_to_avoid() -> None:
    rng = np.random.default_rng(5)
    sex = rng.integers(0, 2, size=40_000).astype(np.int8)
    surname, given1, given2 = names.draw_names(sex, np.zeros(len(sex), dtype=np.bool_), rng)
    avoided = names.syllables().avoided_names
    assert len(avoided) > 25
    for parts in set(zip(surname.tolist(), given1.tolist(), given2.tolist(), strict=True)):
        written = names.hangul(*parts, False)
        assert written[1:] not in avoided
        assert names.mishear(written)[1:] not in avoided
        assert names.hangul(parts[0], names.other_given(parts[1], parts[2], False), parts[2], False)[1:] not in avoided
