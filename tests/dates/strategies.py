"""Random EDTF texts and values for the property tests."""

from hypothesis import strategies as st

from tumen.dates import try_parse

digits = st.sampled_from("0123456789X")
marks = st.sampled_from(["", "", "", "?", "~", "%"])


@st.composite
def dates(draw):
    """Texts of single dates, many of which exist."""
    year = draw(st.integers(0, 9999).map("{:04}".format) | st.text(digits, min_size=4, max_size=4))
    month = draw(
        st.sampled_from([f"{number:02}" for number in (*range(1, 13), *range(21, 42))] + ["XX", "0X", "1X", "X2"])
    )
    day = draw(st.integers(1, 31).map("{:02}".format) | st.sampled_from(["XX", "0X", "1X", "2X", "3X", "X9"]))
    depth = draw(st.integers(1, 3))
    parts = [draw(marks) + part + draw(marks) for part in (year, month, day)[:depth]]
    return "-".join(parts)


valid_dates = dates().map(try_parse).filter(lambda value: value is not None).map(str)
sets = st.tuples(st.sampled_from(["[]", "{}"]), st.lists(valid_dates, min_size=1, max_size=4)).map(
    lambda drawn: drawn[0][0] + ",".join(drawn[1]) + drawn[0][1]
)
intervals = st.tuples(valid_dates | st.sampled_from(["", ".."]), valid_dates | st.sampled_from(["", ".."])).map(
    "/".join
)
values = (dates() | sets | intervals).map(try_parse).filter(lambda value: value is not None)
