from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np

from tumen.demonstration import Chunk, Demonstration
from tumen.demonstration.data_files import act_kinds, codes
from tumen.demonstration.hearing import civil


def test_a_resale_is_sold_by_whoever_bought_last(small: Demonstration) -> None:
    acts = small.truth.acts
    sales = np.flatnonzero(acts.kind == [kind.key for kind in act_kinds()].index("sale"))
    again = [(a, b) for a, b in pairwise(sales.tolist()) if acts.victim[a] == acts.victim[b]]
    assert len(again) > 40
    known = [(a, b) for a, b in again if 0 <= acts.perpetrator[b] != acts.perpetrator[a]]
    assert known
    assert sum(acts.buyer[a] == acts.perpetrator[b] for a, b in known) > 0.8 * len(known)
    assert all(acts.buyer[a] >= 0 for a, _ in known)


def test_nobody_buys_from_or_sells_himself(small: Demonstration) -> None:
    acts = small.truth.acts
    assert not ((acts.buyer >= 0) & (acts.buyer == acts.perpetrator)).any()
    assert not ((acts.victim == acts.perpetrator) | (acts.victim == acts.buyer)).any()


def test_a_sale_is_one_act_with_one_transfer_and_the_sales_of_one_person_are_one_episode(chunks: list[Chunk]) -> None:
    for chunk in chunks:
        acts, first = chunk.tables["acts"].rows, chunk.tables["acts"].first
        sold = {number for number, act in enumerate(acts, first) if act[4] == "liberty.sale.sold"}
        transfers = chunk.tables["transfers"].column("act")
        assert len(transfers) == len(set(transfers))
        # A retelling may be coded to a neighbouring type; its transfer stays.
        assert len(sold - set(transfers)) <= 0.05 * len(sold) + 3
        episodes = defaultdict(set)
        for act in acts:
            if act[2] is not None:
                episodes[act[2]].add(act[3])
        assert episodes
        assert all(len(victims) == 1 for victims in episodes.values())


def test_stories_run_forward_from_sale_to_return_to_detention(small: Demonstration) -> None:
    acts = small.truth.acts
    stages = np.array([kind.stage for kind in act_kinds()])[acts.kind]
    same = acts.victim[1:] == acts.victim[:-1]
    later_stage = same & (stages[1:] > stages[:-1])
    assert (acts.day[1:] >= acts.day[:-1])[later_stage].mean() > 0.97


def test_life_events_of_one_teller_are_in_order(small: Demonstration, chunks: list[Chunk]) -> None:
    kinds = codes("life_event")
    seen = 0
    for chunk in chunks:
        events = defaultdict(dict)
        for _, party, kind, _, _, interval, _ in chunk.tables["life_events"].rows:
            events[party][kind] = interval
        for told in events.values():
            years = [
                int(told[kinds[name]][:4])
                for name in ("crossing", "marriage", "birth", "arrival")
                if kinds[name] in told
            ]
            assert years == sorted(years)
            seen += len(years) > 2
    assert seen


def test_what_is_hearsay_is_said_to_be_hearsay(chunks: list[Chunk]) -> None:
    words = {"ko": "다른 사람에게서 들었", "en": "heard from others", "zh": "听别人说"}
    told = 0
    for chunk in chunks:
        tables = chunk.tables
        passage_of = {
            record: passage
            for kind, record, field, passage in tables["anchors"].rows
            if (kind, field) == ("acts", "type")
        }
        for kind, claim, _, connection, _, form, *_ in tables["tellings"].rows:
            if kind != "acts" or form != "hearsay":
                continue
            text, start, end = tables["passages"].rows[passage_of[claim] - tables["passages"].first]
            _, _, language, body = tables["texts"].rows[text - tables["texts"].first]
            assert words[language] in body[start:end]
            assert connection == "hearsay"
            told += 1
    assert told > 600


def test_periods_are_those_of_the_published_figures(small: Demonstration) -> None:
    acts = small.truth.acts
    year = civil(acts.day)[0]
    assert year.min() >= 1950
    assert year.max() <= 2023
    assert abs(((year >= 2000) & (year < 2010) & acts.date_told).mean() - 0.548) < 0.01
