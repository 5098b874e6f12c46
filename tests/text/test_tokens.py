"""What is found is what a LIKE over the text would find, asked of the real engine."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlcipher3 import dbapi2 as sqlite

from tumen.text import FTS5_TOKENIZE, OnlyExclusions, find, index_tokens, match_query, snippet
from tumen.text.tokens import CJK, RUN, fold

PASSAGES = [
    "그는 보위부에서 구타를 당했다고 말했다.",
    "구 타 라는 두 글자는 떨어져 있다",
    "강제송환된 여성 3명이 온성 보위부에 구금되었다. 구타, 굶주림.",
    "她在延吉市被公安抓住，后来被遣返回朝鲜。",
    "She was beaten in Ch'ŏngjin; the guard's name is not known. It's 2013.",
    "ＮＧＯ가 강제 송환을 비판했다 (1999년)",
    "온성",
]


@contextmanager
def index_of(passages: list[str]) -> Iterator[sqlite.Connection]:
    with closing(sqlite.connect(":memory:")) as db:
        db.execute(
            "CREATE VIRTUAL TABLE found USING fts5"
            f"(body, content='', contentless_delete=1, tokenize=\"{FTS5_TOKENIZE}\", prefix='1')"
        )
        rows = [(number, index_tokens(text)) for number, text in enumerate(passages)]
        db.executemany("INSERT INTO found(rowid, body) VALUES (?, ?)", rows)
        yield db


def answers(db: sqlite.Connection, query: str) -> set[int]:
    expression = match_query(query)
    assert expression is not None
    return {row[0] for row in db.execute("SELECT rowid FROM found WHERE found MATCH ?", (expression,))}


def search(query: str, passages: list[str] = PASSAGES) -> set[int]:
    with index_of(passages) as db:
        return answers(db, query)


@pytest.mark.parametrize(
    ("query", "passages"),
    [
        ("구타", {0, 2}),
        ("강제송환", {2}),
        ("제송", {2}),
        ("강제 송환", {2, 5}),
        ('"강제 송환"', {5}),
        ("구", {0, 1, 2}),
        ("遣返", {3}),
        ("朝鲜", {3}),
        ("chongjin", {4}),
        ("CHʼONGJIN", {4}),
        ("ngo", {5}),
        ("NGO가", {5}),
        ("beat", set()),
        ("beat*", {4}),
        ("구타 -보위부", set()),
        ("구타 -온성", {0}),
        ("遣返 OR beaten", {3, 4}),
        ("구타 OR 온성 굶주림", {2}),
        ('"name is"', {4}),
        ('"is name"', set()),
        ("1999", {5}),
        ("199", set()),
    ],
)
def test_a_query_finds_exactly_these_passages(query: str, passages: set[int]) -> None:
    assert search(query) == passages


@pytest.mark.parametrize(
    "hostile", ['"', "*", "^x", "NEAR(a b)", "body:x", "a AND", "(", "x) OR (y", 'x -"a b', "'; --", "a + b", "{a b}:c"]
)
def test_no_fts5_syntax_passes_through(hostile: str) -> None:
    expression = match_query(hostile)
    if expression is not None:
        search(hostile)  # a syntax error of the engine would raise


def test_a_query_without_a_letter_or_digit_is_no_query() -> None:
    assert match_query(" ?! ()") is None


def test_a_query_that_only_excludes_says_what_is_missing() -> None:
    with pytest.raises(OnlyExclusions, match="Add at least one word"):
        match_query("-구타")


def test_the_apostrophe_of_an_aspirate_is_dropped_but_not_the_one_of_english() -> None:
    assert index_tokens("K’ang P'yŏngyang it's don't women's Ch'ŏngjin") == "kang pyongyang it s don t women s chongjin"


def test_diacritics_and_compatibility_forms_are_folded() -> None:
    decomposed = "온성"  # Jamo, as macOS names files
    assert index_tokens(f"Hamgyŏng Łódź {decomposed} ㈜") == index_tokens("hamgyong lodz 온성 (주)")


def test_every_cjk_character_is_a_token_character_to_the_engine() -> None:
    characters = [c for c in map(chr, range(0x1100, 0x31350)) if re.match(f"[{CJK}]", c) and fold(c) == c]
    with closing(sqlite.connect(":memory:")) as db:
        db.execute(f'CREATE VIRTUAL TABLE t USING fts5(body, tokenize="{FTS5_TOKENIZE}")')
        db.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'instance')")
        db.executemany("INSERT INTO t(rowid, body) VALUES (?, ?)", ((ord(c), f"a{c}b") for c in characters))
        split = db.execute("SELECT doc FROM v GROUP BY doc HAVING count(*) > 1").fetchall()
    assert len(characters) > 80_000
    assert split == []


korean = st.text(alphabet="구타강제송환가", min_size=1, max_size=6)
chinese = st.text(alphabet="朝鲜女性被𠮷々", min_size=1, max_size=6)
english = st.sampled_from(["torture", "Tortured", "NGO", "2013", "café", "Ch'ŏngjin", "z"])
gap = st.sampled_from([" ", "", ", ", "\n", "。", " - "])
mixtures = st.lists(st.tuples(st.one_of(korean, chinese, english), gap), min_size=1, max_size=8).map(
    lambda parts: "".join(run + after for run, after in parts)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(mixtures, min_size=1, max_size=6), st.data())
def test_every_cjk_substring_is_found_where_it_is_and_nowhere_else(passages: list[str], data: st.DataObject) -> None:
    runs = [run for text in passages for run in RUN.findall(fold(text)) if re.match(f"[{CJK}]", run)]
    if not runs:
        return
    run = data.draw(st.sampled_from(runs))
    start = data.draw(st.integers(0, len(run) - 1))
    query = run[start : data.draw(st.integers(start + 1, len(run)))]
    truth = {number for number, text in enumerate(passages) if query in fold(text)}
    assert search(query, passages) == truth
    assert {number for number, text in enumerate(passages) if find(text, query)} == truth


@settings(max_examples=60, deadline=None)
@given(st.lists(mixtures, min_size=1, max_size=6), st.one_of(korean, chinese))
def test_a_cjk_query_from_anywhere_agrees_with_like(passages: list[str], query: str) -> None:
    assert search(query, passages) == {number for number, text in enumerate(passages) if query in fold(text)}


@settings(max_examples=100, deadline=None)
@given(st.lists(mixtures, min_size=1, max_size=4), mixtures)
def test_find_sees_a_quoted_phrase_where_the_index_does(passages: list[str], phrase: str) -> None:
    query = f'"{phrase}"'
    if match_query(query) is None:
        return
    assert {n for n, text in enumerate(passages) if find(text, query)} == search(query, passages)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_anything_at_all_can_be_typed(typed: str) -> None:
    try:
        expression = match_query(typed)
    except OnlyExclusions:
        return
    if expression is not None:
        search(typed, ["구타 torture"])


def test_hits_are_positions_in_the_original_text() -> None:
    text = "In Ch'ŏngjin ﬁve ＮＧＯ가 온성 강제송환"
    spans = find(text, "chongjin five ngo 온성 제송")
    assert [text[start:end] for start, end in spans] == ["Ch'ŏngjin", "ﬁve", "ＮＧＯ", "온성", "제송"]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("é ñßﬁ㈜가가각ㄱㅏＡｱﾞばa'ktch구타\u0301 "), max_size=30))
def test_every_hit_folds_to_something_that_holds_the_query(text: str) -> None:
    for query in ("구타", "가", "a", "e"):
        for start, end in find(text, query):
            assert query in fold(text[start:end])


def test_overlapping_hits_are_one() -> None:
    assert find("강제송환", "강제송 제송환") == [(0, 4)]


def test_a_snippet_shows_where_most_hits_are_and_marks_them() -> None:
    text = "처음 구타. " + "말했다 " * 100 + "보위부에서 구타와 구타를 " + "그리고 " * 100
    shown = snippet(text, "구타", width=40)
    assert [shown.text[start:end] for start, end in shown.marks] == ["구타", "구타"]
    assert len(shown.text) <= 42
    assert shown.text.startswith("…")
    assert shown.text.endswith("…")


def test_a_snippet_of_a_short_text_is_the_text_on_one_line() -> None:
    assert snippet("a\nb", "x").text == "a b"


@settings(max_examples=100, deadline=None)
@given(mixtures, st.one_of(korean, chinese, english), st.integers(5, 60))
def test_a_snippet_marks_only_hits(text: str, query: str, width: int) -> None:
    shown = snippet(text, query, width)
    assert len(shown.text) <= width + 2
    for start, end in shown.marks:
        assert 0 <= start < end <= len(shown.text)
