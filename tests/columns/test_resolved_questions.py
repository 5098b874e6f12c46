"""Questions about a person by any of her records, also one that no row of the frame names."""

import numpy as np
import pytest
from tests.columns.worlds import FIELDS, RUN, World, frame_of

from tumen.columns import ALL, Condition, Mask, Op, Query, select

EVERYTHING = Mask(ALL, frozenset(field.field_class for field in FIELDS.values() if field.field_class))


def one_act(victim: int) -> World:
    row = dict.fromkeys(
        ("type", "sex", "victim_kind", "age", "victim_size", "tellings", "incident", "source", "episode")
    )
    told = {"id": 1, "compartment": 7, "order": 0, "retracted": False, "checked": False, "evidence": []}
    return World([{**row, **told, "period": (10227, 10227), "victim": victim}], {1: 1, 1001: 1001, 1003: 1001})


@pytest.mark.parametrize("asked", [1001, 1003])
@pytest.mark.parametrize("named", [1001, 1003])
def test_any_record_of_a_person_asks_for_her(asked: int, named: int) -> None:
    frame = frame_of(one_act(named))
    for op, expected in ((Op.IN, 1), (Op.NOT_IN, 0)):
        query = Query("acts", (Condition("victim", op, (asked,)),), resolution=RUN)
        assert select(frame, query, EVERYTHING).total == expected


def test_records_that_stand_alone_stay_apart() -> None:
    frame = frame_of(one_act(1001))
    query = Query("acts", (Condition("victim", Op.IN, (1002,)),), resolution=RUN)
    assert select(frame, query, EVERYTHING).total == 0
    assert np.array_equal(frame.snapshot().ids, [1])
