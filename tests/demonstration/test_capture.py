from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tumen.demonstration import LISTS, STRATA, Chunk, Demonstration
from tumen.demonstration.capture import draw_stratum, list_index
from tumen.demonstration.truth import GROUP


def odds_ratio(history: np.ndarray, one: str, other: str) -> float:
    a, b = (history >> list_index(key) & 1 for key in (one, other))
    cells = [((a == x) & (b == y)).sum() + 0.5 for x in (0, 1) for y in (0, 1)]
    return float(cells[0] * cells[3] / (cells[1] * cells[2]))


def test_as_many_are_recorded_as_asked_and_most_are_never_recorded() -> None:
    drawn = draw_stratum("repatriated", 4938, np.random.default_rng(3))
    assert len(drawn.history) == 4938
    assert drawn.history.all()
    assert drawn.never > 4938
    assert (np.diff(drawn.cluster) >= 0).all()


def test_capture_depends_on_other_lists_both_ways_and_on_the_cluster() -> None:
    drawn = draw_stratum("inside", 60_000, np.random.default_rng(4))
    # Among those ever recorded every pair of lists looks opposed; memoirs and press still go together.
    assert odds_ratio(drawn.history, "memoir", "press") > 3 * odds_ratio(drawn.history, "centre", "partner")
    assert odds_ratio(drawn.history, "centre", "snowball") > 2 * odds_ratio(drawn.history, "centre", "partner")
    same = drawn.cluster[1:] == drawn.cluster[:-1]
    pairs = (drawn.history & 2) > 0
    together = (pairs[1:] & pairs[:-1])[same].mean()
    assert together > 1.2 * pairs.mean() ** 2


def test_the_capture_history_of_a_victim_is_exactly_what_the_sources_tell(
    small: Demonstration, chunks: list[Chunk]
) -> None:
    truth = small.truth
    told = np.zeros(len(truth.persons.role), dtype=np.uint8)
    keys = [listed.key for listed in LISTS]
    for chunk in chunks:
        channel = chunk.tables["sources"].column("channel")
        source = chunk.tables["codings"].column("source")
        first_source, first_coding = chunk.tables["sources"].first, chunk.tables["codings"].first
        for act, coding in zip(chunk.truth["acts"].tolist(), chunk.tables["acts"].column("coding"), strict=True):
            bit = keys.index(channel[source[coding - first_coding] - first_source])
            told[truth.acts.victim[act]] |= 1 << bit
    assert (told[: len(truth.history)] == truth.history).all()
    assert truth.persons.role[told == 0].min() > 0


def test_the_truth_counts_those_never_recorded(small: Demonstration) -> None:
    truth = small.truth
    table = truth.capture_table()
    assert sum(table.values()) == len(truth.history)
    assert (0,) * len(LISTS) not in table
    assert truth.victims == len(truth.history) + sum(truth.never.values())
    assert sum(sum(truth.capture_table(stratum).values()) for stratum in STRATA) == len(truth.history)


def test_the_truth_is_written_to_a_file_that_names_the_entity_of_every_record(
    small: Demonstration, chunks: list[Chunk], tmp_path: Path
) -> None:
    small.write_truth(tmp_path / "truth.npz")
    with np.load(tmp_path / "truth.npz") as written:
        assert '"fictional": true' in str(written["parameters"])
        assert (written["history"] == small.truth.history).all()
        for kind in ("parties", "acts", "incidents", "episodes", "life_events"):
            assert written[f"record_{kind}"].tolist() == [n for chunk in chunks for n in chunk.truth[kind].tolist()]


def test_members_of_a_crossing_group_share_an_incident(small: Demonstration) -> None:
    acts, persons = small.truth.acts, small.truth.persons
    _, inverse, sizes = np.unique(acts.incident, return_inverse=True, return_counts=True)
    several = np.flatnonzero(sizes[inverse] > 1)
    victims = {}
    for act in several.tolist():
        victims.setdefault(int(acts.incident[act]), set()).add(int(acts.victim[act]))
    shared = [group for group in victims.values() if len(group) > 1]
    assert len(shared) > 200
    for group in shared:
        assert len({int(persons.cluster[victim]) for victim in group}) == 1


def test_nobody_dies_twice_and_the_dead_tell_nothing(small: Demonstration) -> None:
    truth = small.truth
    dead = np.flatnonzero((truth.persons.stratum == STRATA.index("dead")) & (truth.persons.role != GROUP))
    assert not truth.persons.can_tell[dead].any()
    stage = np.array([kind.stage for kind in _kinds()])[truth.acts.kind]
    deaths = np.bincount(truth.acts.victim[stage == 9], minlength=len(truth.persons.role))
    assert deaths.max() == 1
    assert (deaths[dead] == 1).all()


def _kinds() -> tuple:
    from tumen.demonstration.data_files import act_kinds

    return act_kinds()


@pytest.mark.parametrize("stratum", STRATA)
def test_every_stratum_can_be_drawn_empty(stratum: str) -> None:
    assert len(draw_stratum(stratum, 0, np.random.default_rng(1)).history) == 0
