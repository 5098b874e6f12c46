"""Random vocabularies for property tests: any tree, any text, as a group might write it."""

from datetime import date

from hypothesis import strategies as st

from tumen.vocabularies import TEXTS, Retirement, Term, Trilingual, Vocabulary

# Text as a file can hold it: no lone surrogates, trimmed at the ends as `read` does.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(str.strip)
words = texts.filter(lambda word: bool(word) and ";" not in word)
segments = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,3}", fullmatch=True)


@st.composite
def labels(draw: st.DrawFn) -> Trilingual:
    label = draw(st.builds(Trilingual, texts, texts, texts))
    return label if label != Trilingual() else Trilingual(en="label")


@st.composite
def codes(draw: st.DrawFn) -> list[str]:
    """Codes whose parents are all there, in any order."""
    grown: list[str] = []
    for segment in draw(st.lists(segments, max_size=8)):
        parents = [code for code in grown if code.count(".") < 4]
        parent = draw(st.sampled_from(["", *parents]))
        code = f"{parent}.{segment}" if parent else segment
        if code not in grown:
            grown.append(code)
    return draw(st.permutations(grown))


@st.composite
def vocabularies(draw: st.DrawFn) -> Vocabulary:
    chosen = draw(codes())
    ranks = draw(st.permutations(range(1, len(chosen) + 1)))
    terms = [
        Term(
            code=code,
            label=draw(labels()),
            also=tuple(draw(st.lists(words, max_size=2))),
            **{field: draw(st.builds(Trilingual, texts, texts, texts)) for field in TEXTS if field != "label"},
            crosswalks=draw(
                st.dictionaries(
                    st.sampled_from(["nkdb", "rome7"]), st.lists(segments, max_size=2).map(tuple), max_size=2
                )
            ),
            favourite=draw(st.sampled_from([None, rank])),
            retired=draw(
                st.none()
                | st.builds(
                    Retirement,
                    st.dates(date(1990, 1, 1)),
                    st.sampled_from(["", *(each for each in chosen if each != code)]),
                )
            ),
        )
        for code, rank in zip(chosen, ranks, strict=True)
    ]
    return Vocabulary("own", draw(st.builds(Trilingual, texts, texts, texts)), terms, draw(texts))
