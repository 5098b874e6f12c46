"""Who tells of what: first tellings that hold the published counts by source type, further tellings, tellers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .capture import LISTS
from .data_files import shares, table
from .plan import Plan
from .truth import I8, I32, OTHER, WITNESS, Flags, Truth
from .world_acts import day

SOURCE_KINDS = (
    "interview",
    "memoir",
    "article",
    "questionnaire",
    "letter",
    "press_release",
    "broadcast",
    "translated",
    "other",
)
LANGUAGES = ("ko", "en", "zh")
FORMS = ("experience", "eyewitness", "hearsay", "other")
_ACTS_IN_A_SOURCE = (4.2, 30.0, 2.2, 1.7, 2.0, 1.0, 1.0, 4.0, 3.0)
_SPEAKS_OF_SELF = (0.9, 0.95, 0.5, 0.9, 0.9, 0.0, 0.5, 0.3, 0.5)
_KOREAN, _ENGLISH = (0.93, 0.85, 0.28, 0.6, 0.45, 0.7), (0.05, 0.1, 0.42, 0.38, 0.4, 0.12)
_RETELLING_KINDS = ((0,), (0,), (0,), (1,), (2, 2, 2, 2, 2, 2, 2, 2, 6, 5), (3, 3, 4, 7, 8))
INTERVIEW_LISTS = 3
LAST_DAY = day(2024.77)


@dataclass(slots=True)
class Tellings:
    """Sources by day of collection, and what each tells: records, sorted by source.

    The records of source s are those from `begin[s]` to `begin[s + 1]`. The first record of an act is its first
    telling. `second` and `bystander` are a further witness and another person the source names, -1 for none.
    """

    kind: I8
    listed: I8
    collected: I32
    language: I8
    teller: I32
    second: I32
    bystander: I32
    begin: NDArray[np.int64]
    source: I32
    act: I32
    first: Flags
    form: I8


def plan_tellings(truth: Truth, plan: Plan) -> Tellings:
    """Decide every telling of a world. Adds captures to `truth.history` where a published count needs them."""
    rng = np.random.default_rng([truth.seed, 2])
    listed = first_lists(truth, plan, rng)
    key = _closeness(truth, rng)
    source, kind, list_of = _first_sources(truth, plan, listed, key, rng)
    collected = _collected(truth, source, len(kind), rng)

    again_act, again_list = _retold(truth, listed, rng)
    again_source, new_kind, new_list, new_day = _place_retellings(
        again_act, again_list, source, list_of, collected, key, rng
    )
    kind, list_of = np.concatenate([kind, new_kind]), np.concatenate([list_of, new_list])
    collected = np.concatenate([collected, new_day])

    acts = np.arange(len(listed), dtype=np.int32)
    all_source, all_act = np.concatenate([source, again_source]), np.concatenate([acts, again_act])
    _, unique = np.unique(all_source.astype(np.int64) * len(acts) + all_act, return_index=True)
    is_first = np.zeros(len(all_act), dtype=np.bool_)
    is_first[: len(acts)] = True
    all_source, all_act, is_first = all_source[unique], all_act[unique], is_first[unique]

    by_day = np.argsort(collected, kind="stable")
    rank = np.empty(len(by_day), dtype=np.int32)
    rank[by_day] = np.arange(len(by_day), dtype=np.int32)
    all_source = rank[all_source]
    order = np.lexsort((truth.acts.day[all_act], truth.acts.victim[all_act], key[all_act], all_source))
    all_source, all_act, is_first = all_source[order], all_act[order], is_first[order]
    begin = np.searchsorted(all_source, np.arange(len(by_day) + 1))
    kind, list_of, collected = kind[by_day], list_of[by_day], collected[by_day]

    u = rng.random(len(kind))
    korean, english = np.array(_KOREAN)[list_of], np.array(_ENGLISH)[list_of]
    language = np.where(u < korean, 0, np.where(u < korean + english, 1, 2)).astype(np.int8)
    teller, second = _tellers(truth, all_source, all_act, kind, rng)
    # A teller speaks of herself first.
    own_first = np.lexsort((teller[all_source] != truth.acts.victim[all_act], all_source))
    all_act, is_first = all_act[own_first], is_first[own_first]
    bystander = np.full(len(kind), -1, dtype=np.int32)
    others = np.flatnonzero(truth.persons.role == OTHER)
    bystander[rng.choice(len(kind), size=len(others), replace=False)] = others
    form = _forms(truth, teller[all_source], all_act, is_first, rng)
    return Tellings(
        kind, list_of, collected, language, teller, second, bystander, begin, all_source, all_act, is_first, form
    )


def first_lists(truth: Truth, plan: Plan, rng: np.random.Generator) -> I8:
    """The list that first tells of each act, so that the counts by source type hold exactly.

    Interviews come first where a victim is on several lists, then the other lists are filled up from those who are on
    them as well. Where that does not suffice a capture is added (counted in `truth.adjusted`).
    """
    acts, history = truth.acts, truth.history
    person = acts.victim < len(history)
    bits = np.ones(len(acts.victim), dtype=np.uint8)
    bits[person] = history[acts.victim[person]]
    lowest = np.array([(n & -n).bit_length() - 1 if n else 0 for n in range(256)], dtype=np.int8)
    listed: I8 = lowest[bits]
    turn = rng.random(len(truth.persons.role))[acts.victim]
    for number in range(INTERVIEW_LISTS, len(LISTS)):
        wanted = sum(plan.source_kinds[kind] for kind in LISTS[number].kinds)
        missing = wanted - int((listed == number).sum())
        interviewed = person & (listed < INTERVIEW_LISTS)
        if missing < 0:
            here = np.flatnonzero(listed == number)
            moved, target = here[np.argsort(turn[here])][:-missing], 0
        else:
            also = np.flatnonzero(interviewed & (bits >> number & 1 == 1))
            rest = np.flatnonzero(interviewed & (bits >> number & 1 == 0))
            ranked = np.concatenate([also[np.argsort(turn[also])], rest[np.argsort(turn[rest])]])
            moved, target = ranked[:missing], number
        listed[moved] = target
        victims = np.unique(acts.victim[moved])
        added = victims[history[victims] >> target & 1 == 0]
        history[added] |= np.uint8(1 << target)
        truth.adjusted += len(added)
        bits[person] = history[acts.victim[person]]
    return listed


def _closeness(truth: Truth, rng: np.random.Generator) -> NDArray[np.float64]:
    """A number by act: acts of one county, and within it of one cluster, lie next to each other."""
    clusters = truth.persons.cluster[truth.acts.victim]
    within = rng.random(int(clusters.max()) + 1)
    key: NDArray[np.float64] = truth.persons.home[truth.acts.victim] + within[clusters]
    return key


def _first_sources(
    truth: Truth, plan: Plan, listed: I8, key: NDArray[np.float64], rng: np.random.Generator
) -> tuple[I32, I8, I8]:
    """Cut the first tellings of each list into sources: (source of each act, kind and list of each source)."""
    victim = truth.acts.victim
    source = np.empty(len(listed), dtype=np.int32)
    kinds: list[int] = []
    lists: list[int] = []
    for number, of_list in enumerate(LISTS):
        here = np.flatnonzero(listed == number)
        # Kinds take whole stretches, in random order of places, so that a small kind is not all from one county.
        shuffled = rng.permutation(int(key.max()) + 2)[key[here].astype(np.int64)] + key[here] % 1
        here = here[np.lexsort((victim[here], shuffled))]
        counts = [plan.source_kinds[kind] for kind in of_list.kinds] if number >= INTERVIEW_LISTS else [len(here)]
        for name, part in zip(of_list.kinds, np.split(here, np.cumsum(counts)[:-1]), strict=True):
            kind = SOURCE_KINDS.index(name)
            run = _runs(victim[part], _ACTS_IN_A_SOURCE[kind], rng)
            source[part] = len(kinds) + run
            made = int(run.max(initial=-1)) + 1
            kinds += [kind] * made
            lists += [number] * made
    return source, np.array(kinds, dtype=np.int8), np.array(lists, dtype=np.int8)


def _runs(group: I32, mean: float, rng: np.random.Generator) -> I32:
    """Cut a sequence into runs of about `mean` items, never inside a group of equal neighbours; the run of each."""
    if not len(group):
        return np.empty(0, dtype=np.int32)
    sizes = 1 + rng.poisson(rng.gamma(2.0, max(mean - 1, 0.01) / 2, size=len(group)))
    begins = np.r_[True, group[1:] != group[:-1]]
    at = np.flatnonzero(begins)[np.cumsum(begins) - 1]
    run = np.searchsorted(np.cumsum(sizes), at, side="right")
    _, numbered = np.unique(run, return_inverse=True)
    found: I32 = numbered.astype(np.int32)
    return found


def _collected(truth: Truth, source: I32, sources: int, rng: np.random.Generator) -> I32:
    """The day each first source was collected: on the published growth of the archive, but after all it tells."""
    growth = table("collected.csv")
    share = np.array([float(row["acts"]) for row in growth])
    years = np.array([day(int(row["year"]) + 0.75) for row in growth], dtype=np.float64)
    drawn = np.interp(rng.random(sources), share / share[-1], years)
    latest = np.full(sources, -(10**6), dtype=np.int64)
    np.maximum.at(latest, source, truth.acts.day + truth.acts.days)
    after = latest + 60 + rng.exponential(500, size=sources)
    collected: I32 = np.minimum(np.maximum(drawn, after), np.maximum(LAST_DAY, latest + 1)).astype(np.int32)
    return collected


def _retold(truth: Truth, listed: I8, rng: np.random.Generator) -> tuple[I32, I8]:
    """The further tellings: (act, list), each list a victim is on telling at least one of her acts."""
    acts, history, noise = truth.acts, truth.history, truth.noise
    person = acts.victim < len(history)
    opening = np.r_[True, acts.victim[1:] != acts.victim[:-1]]
    found_act, found_list = [], []
    for number in range(len(LISTS)):
        on_list = np.zeros(len(listed), dtype=np.bool_)
        on_list[person] = history[acts.victim[person]] >> number & 1 == 1
        told = on_list & (listed != number) & (opening | (rng.random(len(listed)) < noise.told_again))
        told |= (listed == number) & (rng.random(len(listed)) < noise.told_twice)
        chosen = np.flatnonzero(told).astype(np.int32)
        found_act.append(chosen)
        found_list.append(np.full(len(chosen), number, dtype=np.int8))
    return np.concatenate(found_act), np.concatenate(found_list)


def _place_retellings(
    act: I32,
    listed: I8,
    first_source: I32,
    list_of: I8,
    collected: I32,
    key: NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[I32, I8, I8, I32]:
    """Find each further telling a source: a later one of the same list from nearby, or a new one."""
    source = np.full(len(act), -1, dtype=np.int32)
    for number in range(len(LISTS)):
        tellers = np.flatnonzero(list_of[first_source] == number)
        tellers = tellers[np.argsort(key[tellers], kind="stable")]
        here = np.flatnonzero(listed == number)
        at = np.searchsorted(key[tellers], key[act[here]])
        for _ in range(3 if len(tellers) else 0):
            near = np.clip(at + rng.integers(-12, 13, size=len(here)), 0, len(tellers) - 1)
            candidate = first_source[tellers[near]]
            later = collected[candidate] > collected[first_source[act[here]]]
            source[here] = np.where((source[here] < 0) & later, candidate, source[here])
    kinds: list[NDArray[np.int8]] = []
    lists: list[NDArray[np.int8]] = []
    days: list[NDArray[np.int32]] = []
    made = len(list_of)
    for number in range(len(LISTS)):
        here = np.flatnonzero((listed == number) & (source < 0))
        here = here[np.argsort(key[act[here]], kind="stable")]
        run = _runs(np.arange(len(here), dtype=np.int32), 3.0, rng)
        count = int(run.max(initial=-1)) + 1
        source[here] = made + run
        latest = np.zeros(count, dtype=np.int64)
        np.maximum.at(latest, run, collected[first_source[act[here]]])
        days.append(np.minimum(latest + 1 + rng.exponential(500, size=count), LAST_DAY + 80).astype(np.int32))
        kinds.append(rng.choice(np.array(_RETELLING_KINDS[number], dtype=np.int8), size=count))
        lists.append(np.full(count, number, dtype=np.int8))
        made += count
    return source, np.concatenate(kinds), np.concatenate(lists), np.concatenate(days)


def _tellers(truth: Truth, source: I32, act: I32, kind: I8, rng: np.random.Generator) -> tuple[I32, I32]:
    """The teller of each source: one of the victims it speaks of where one can speak, a witness otherwise.

    Every witness is used: those left over when there are too few sources without a victim who speaks are named as a
    second witness.
    """
    persons = truth.persons
    teller = np.full(len(kind), -1, dtype=np.int32)
    able = np.flatnonzero(persons.can_tell[truth.acts.victim[act]])
    sources, at = np.unique(source[able], return_index=True)
    speaks = rng.random(len(sources)) < np.array(_SPEAKS_OF_SELF)[kind[sources]]
    teller[sources[speaks]] = truth.acts.victim[act[able[at[speaks]]]]
    witnesses = rng.permutation(np.flatnonzero(persons.role == WITNESS)).astype(np.int32)
    silent = rng.permutation(np.flatnonzero(teller < 0))
    used = min(len(silent), len(witnesses))
    teller[silent[:used]] = witnesses[:used]
    teller[silent[used:]] = rng.choice(witnesses, size=len(silent) - used)
    second = np.full(len(kind), -1, dtype=np.int32)
    left = witnesses[used:]
    second[rng.choice(len(kind), size=len(left), replace=False)] = left
    return teller, second


def _forms(truth: Truth, teller: I32, act: I32, first: Flags, rng: np.random.Generator) -> I8:
    """The evidence form of each record; hearsay and other hold their published share of first tellings.

    What was first told by hearsay nobody tells directly later. So the share holds as well of acts of which any telling
    is direct: a resolved act has the forms of all its tellings.
    """
    own = teller == truth.acts.victim[act]
    form = np.where(own, FORMS.index("experience"), FORMS.index("eyewitness")).astype(np.int8)
    direct = shares()["other_shares"]["evidence_direct"] / 100
    told_by_self = np.bincount(act, own) > 0
    of_others = rng.permutation(np.flatnonzero(first & ~told_by_self[act]))
    indirect = of_others[: round((1 - direct) * int(first.sum()))]
    form[indirect] = FORMS.index("hearsay")
    form[indirect[: len(indirect) // 12]] = FORMS.index("other")
    again = ~own & ~first & (rng.random(len(act)) < truth.noise.hearsay_retelling)
    heard_of = np.zeros(len(told_by_self), dtype=np.bool_)
    heard_of[act[indirect]] = True
    form[again | (~first & heard_of[act])] = FORMS.index("hearsay")
    return form
