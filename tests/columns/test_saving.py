"""Snapshot files come back whole, and nothing else does."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.columns.test_frame import contents
from tests.columns.worlds import COUNTED, FIELDS, frame_of, worlds

from tumen.columns import BadSnapshot, Domain, Field, Kind, dump, load


def written(frame):
    file = io.BytesIO()
    dump(frame, file)
    return file.getvalue()


def read(content, name="acts", fields=None):
    return load(io.BytesIO(content), name, fields or FIELDS.values(), COUNTED)


@settings(max_examples=30, deadline=None)
@given(worlds(), st.integers(0, 10**9))
def test_a_frame_comes_back_with_rows_ids_and_change(world, change):
    frame = frame_of(world)
    frame.change = change
    again = read(written(frame))
    assert contents(again) == contents(frame)
    assert again.change == change
    ids = frame.snapshot().ids
    assert again.rows(ids).tolist() == frame.rows(ids).tolist()


@settings(max_examples=30, deadline=None)
@given(worlds(max_rows=6), st.data())
def test_any_damaged_byte_is_noticed(world, data):
    content = bytearray(written(frame_of(world)))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BadSnapshot):
        read(bytes(content))


@settings(max_examples=30, deadline=None)
@given(worlds(max_rows=6), st.data())
def test_a_file_cut_short_is_noticed(world, data):
    content = written(frame_of(world))
    with pytest.raises(BadSnapshot):
        read(content[: data.draw(st.integers(0, len(content) - 1))])


@given(st.binary(max_size=200))
def test_other_files_are_no_snapshots(content):
    with pytest.raises(BadSnapshot):
        read(content)


@settings(max_examples=5, deadline=None)
@given(worlds())
def test_a_snapshot_of_other_terms_is_foreign(world):
    content = written(frame_of(world))
    fields = [field for field in FIELDS.values() if field.name != "sex"]
    fields.append(Field("sex", Kind.SINGLE, units=FIELDS["sex"].units, domain=Domain.flat(["male", "female"])))
    with pytest.raises(BadSnapshot, match="other fields"):
        read(content, fields=fields)
    with pytest.raises(BadSnapshot, match="other fields"):
        read(content, name="sources")


@settings(max_examples=20, deadline=None)
@given(worlds(), worlds())
def test_a_loaded_frame_can_be_written_on(old, new):
    from tests.columns.test_frame import columns_of, np

    frame, again = frame_of(old), read(written(frame_of(old)))
    for each in (frame, again):
        if new.rows:
            each.upsert(np.array([row["id"] for row in new.rows]), columns_of(new.rows))
    assert contents(again) == contents(frame)
