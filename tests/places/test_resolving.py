"""What a text may mean: names in three scripts, spellings, homonyms, and the reason given."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen import places
from tumen.places import Context, Kind

GAZETTEER = places.load()
DOCUMENTS = Path(__file__).parents[3] / "shared" / "data" / "documents"


def codes(text, context=None, limit=5):
    return [candidate.place.code for candidate in GAZETTEER.resolve(text, context, limit)]


def best(text, context=None):
    return codes(text, context)[0]


@pytest.mark.parametrize("place", GAZETTEER, ids=lambda place: place.code)
def test_every_place_is_found_by_each_of_its_names(place):
    for name in place.names:
        assert place.code in codes(name, limit=3), name


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("온성", "KP-09.onsong"),
        ("온성군", "KP-09.onsong"),
        ("穩城", "KP-09.onsong"),
        ("稳城郡", "KP-09.onsong"),
        ("Onsong-gun", "KP-09.onsong"),
        ("onsong county", "KP-09.onsong"),
        ("Onsŏng", "KP-09.onsong"),
        ("ONSUNG", "KP-09.onsong"),
        ("온성시", "KP-09.onsong"),  # the wrong word for its kind
        ("온성에서", "KP-09.onsong"),  # with a particle
        ("함북", "KP-09"),
        ("Hamgyŏng-bukto", "KP-09"),
        ("Hamgyong-bukdo", "KP-09"),
        ("North Hamkyung Province", "KP-09"),
        ("양강도", "KP-10"),
        ("량강도", "KP-10"),
        ("Cheongjin", "KP-09.chongjin"),
        ("Ch'ŏngjin", "KP-09.chongjin"),
        ("Chungjin", "KP-09.chongjin"),
        ("새별군", "KP-09.kyongwon"),
        ("Undok", "KP-09.kyonghung"),
        ("연길", "CN-22.yanbian.yanji"),
        ("옌지", "CN-22.yanbian.yanji"),
        ("延吉", "CN-22.yanbian.yanji"),
        ("룡정시", "CN-22.yanbian.longjing"),
        ("단둥", "CN-21.dandong"),
        ("长白县", "CN-22.baishan.changbai"),
        ("14호 관리소", "KP-02.kwanliso-14"),
        ("전거리 교화소", "KP-09.chongori"),
        ("도문강", "XB.tumen-river"),
    ],
)
def test_a_place_is_found_however_it_is_spelled(told, code):
    assert best(told) == code


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("함북 온성", "KP-09.onsong"),
        ("중국 길림성연길시에서", "CN-22.yanbian.yanji"),
        ("吉林省图们市", "CN-22.yanbian.tumen"),
        ("吉林省吉林市", "CN-22.jilin"),
        ("Tumen (Jilin Province, China)", "CN-22.yanbian.tumen"),
        ("함경북도 회령시 전거리", "KP-09.hoeryong.chongori"),
        ("한국 강원도 고성군", "KR-42.goseong"),
        ("북한 강원도 고성군", "KP-07.kosong"),
        ("Hwasong, Pyongyang", "KP-01.hwasong"),
        ("Hwasong, North Hamgyong", "KP-09.hwasong"),
    ],
)
def test_the_areas_named_around_a_place_decide_which_one_is_meant(told, code):
    assert best(told) == code


@pytest.mark.parametrize(
    ("told", "context", "code"),
    [
        ("강원도", Context(country="KP"), "KP-07"),
        ("강원도", Context(country="KR"), "KR-42"),
        ("Unsan", Context(province="KP-02"), "KP-02.unsan"),
        ("Unsan", Context(province="KP-03"), "KP-03.unsan"),
        ("Sunchon", Context(mentioned=("KP-02.kaechon",)), "KP-02.sunchon"),
        ("Sunchon", Context(mentioned=("KP-03.sinuiju",)), "KP-03.sonchon"),
        ("Hwasong", Context(kinds=(Kind.DISTRICT,)), "KP-01.hwasong"),
        ("Hwasong", Context(kinds=(Kind.COUNTY,)), "KP-09.hwasong"),
        ("Jilin", Context(kinds=(Kind.CITY,)), "CN-22.jilin"),
        ("Jilin", Context(kinds=(Kind.PROVINCE,)), "CN-22"),
        ("Chaoyang", Context(before="CN-22.yanbian.yanji", after="CN-22.changchun"), "CN-22.changchun.chaoyang"),
        ("Chaoyang", Context(before="CN-21.shenyang", after="CN-11"), "CN-21.chaoyang"),
        ("Chongsong", Context(before="KP-09.hoeryong"), "KP-09.onsong.chongsong"),
        ("Cholwon", Context(mentioned=("KP-07.wonsan",)), "KP-07.cholwon"),
        ("Cholwon", Context(mentioned=("KR-42.hwacheon",)), "KR-42.cheorwon"),
        ("Tongchang", Context(country="KP"), "KP-03.tongchang"),
        ("동창", Context(country="CN"), "CN-22.tonghua.dongchang"),
    ],
)
def test_homonyms_are_ranked_by_what_is_known_around_them(told, context, code):
    assert best(told, context) == code


def test_the_homonyms_that_lose_are_still_offered():
    assert {"KP-02.unsan", "KP-03.unsan"} <= set(codes("Unsan", Context(province="KP-03")))


def test_what_was_told_stays_beside_what_it_may_mean():
    candidate = GAZETTEER.resolve("새별군 (남양 근처)")[0]
    assert candidate.as_told == "새별군 (남양 근처)"


def test_a_candidate_says_why_in_a_sentence():
    told = GAZETTEER.resolve("온성군", Context(country="KP", mentioned=("KP-09.hoeryong",)))[0]
    assert told.reason == (
        "“온성군” is the Korean name of Onsong, North Hamgyong; it lies in North Korea; "
        "it is about 61 km from Hoeryong, also mentioned."
    )
    assert "former name" in GAZETTEER.resolve("Saebyol")[0].reason
    assert "spelled like" in GAZETTEER.resolve("North Hamkyung")[0].reason


def test_scores_fall_from_one_towards_zero():
    scores = [candidate.score for candidate in GAZETTEER.resolve("조양", limit=20)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_name_that_fits_the_whole_text_beats_one_that_fits_a_part():
    whole, part = GAZETTEER.resolve("온성")[0], GAZETTEER.resolve("온성 어느 집")[0]
    assert whole.score > part.score


@pytest.mark.parametrize("text", ["", "   ", "???", "중", "zzzz qqqq", "가나다라"])
def test_a_text_that_names_nothing_or_almost_nothing_crashes_nothing(text):
    assert all(candidate.score <= 1 for candidate in GAZETTEER.resolve(text))


def test_nothing_is_offered_for_a_text_without_a_known_name():
    assert GAZETTEER.resolve("zzzz qqqq") == ()


def test_a_hangul_name_is_not_found_inside_another_word():
    assert "CN-14" in codes("산시")
    assert "CN-14" not in codes("군산시")


def test_the_limit_is_kept():
    assert len(GAZETTEER.resolve("조양", limit=2)) == 2
    assert GAZETTEER.resolve("조양", limit=0) == ()


def test_a_context_with_an_unknown_code_is_an_error():
    with pytest.raises(places.UnknownPlaceError, match="KP-99"):
        GAZETTEER.resolve("온성", Context(province="KP-99"))


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_text_crashes_resolving(text):
    for candidate in GAZETTEER.resolve(text):
        assert candidate.as_told == text
        assert 0 <= candidate.score <= 1


NAMES = st.sampled_from(sorted({name for place in GAZETTEER for name in place.names}))


@given(st.lists(NAMES, min_size=1, max_size=5), st.sampled_from(["", " ", ", ", "의 "]))
@settings(max_examples=200, deadline=None)
def test_names_in_any_company_are_resolved_to_something(names, between):
    assert GAZETTEER.resolve(between.join(names)) or between == ""


@pytest.mark.parametrize("piece", ["온성군 ", "가", "Onsong, North Hamgyong ", "x", "图们市", "중", "a "])
def test_ten_thousand_characters_are_read_to_the_end(piece):
    text = (piece * 10_000)[:9_990] + " Hyesan"
    assert "KP-10.hyesan" in codes(text, limit=50)


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="shared/data/documents is not beside the repository")
def test_most_places_of_the_annotated_documents_are_resolved():
    told = {
        (item["text"], item["norm"])
        for file in sorted(DOCUMENTS.glob("*.gold.json"))
        for item in json.loads(file.read_text(encoding="utf-8"))["places"]
    }
    first = [(text, norm, codes(text, limit=1)) for text, norm in told]
    right = [norm for _, norm, found in first if found and norm in GAZETTEER.get(found[0]).names]
    assert len(right) / len(told) >= 0.80
