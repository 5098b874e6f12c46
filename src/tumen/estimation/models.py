"""Hierarchical log-linear models: their terms as masks, their names, and all of them up to an order.

A model is the tuple of its terms, each a mask of lists: 0 (the intercept), every single list, and interactions, each
with all that it contains. It is named by its largest terms: "[EXH ABA OSCE][EXH HRW]".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.errors import BadModel
from tumen.estimation.table import CaptureTable

Terms = tuple[int, ...]
MOST_MODELS = 250_000  # beyond this an exhaustive search is refused; six lists have 32,768 pairwise models


def closed(terms: Iterable[int], lists: int) -> Terms:
    """These terms with everything they contain, and every single list, in the order: size, then mask."""
    found = {0, *(1 << j for j in range(lists))}
    for term in terms:
        inside = term
        while inside:  # all subsets of a mask, by counting down within it
            found.add(inside)
            inside = (inside - 1) & term
    return tuple(sorted(found, key=lambda mask: (mask.bit_count(), mask)))


def parse(formula: str, lists: Sequence[str]) -> Terms:
    """The terms of "[A B][B C]"; a list that is not named has its main effect all the same. Raises `BadModel`."""
    inside = re.findall(r"\[([^\[\]]*)\]", formula)
    if re.sub(r"\[[^\[\]]*\]", "", formula).strip():
        raise BadModel(f"The model {formula!r} has words outside its brackets. Write it as [A B][C].")
    masks = []
    for group in inside:
        names = [group.strip()] if group.strip() in lists else _names(group)
        mask = 0
        for name in names:
            if name not in lists:
                raise BadModel(f"The model names the list {name!r}; there are {', '.join(lists)}.")
            mask |= 1 << list(lists).index(name)
        masks.append(mask)
    return closed(masks, len(lists))


def _names(group: str) -> list[str]:
    return [name.strip() for name in (re.split(r"[,:]", group) if re.search("[,:]", group) else group.split())]


def generators(terms: Iterable[int]) -> list[int]:
    """The terms that no other term contains."""
    masks = list(terms)
    return [mask for mask in masks if mask and not any(mask != other and mask & ~other == 0 for other in masks)]


def name_of(terms: Iterable[int], lists: Sequence[str]) -> str:
    """The model's name by its largest terms, "[A B][C]"."""
    joint = " " if not any(re.search(r"\s", name) for name in lists) else ", "
    groups = [[j for j in range(len(lists)) if mask >> j & 1] for mask in generators(terms)]
    return "".join("[" + joint.join(lists[j] for j in group) + "]" for group in sorted(groups))


def interactions(lists: int, max_order: int) -> list[int]:
    """The possible interactions of two lists and more, small ones first."""
    masks = [
        sum(1 << j for j in group) for size in range(2, max_order + 1) for group in combinations(range(lists), size)
    ]
    return sorted(masks, key=lambda mask: (mask.bit_count(), mask))


def order_for(table: CaptureTable, max_order: int | None) -> int:
    """The largest size of an interaction: the one asked for, or all below the saturated model up to five lists, and
    pairs beyond. Raises `BadModel`."""
    if max_order is None:
        return table.K - 1 if table.K <= 5 else 2
    if max_order < 1:
        raise BadModel("The order of a model is 1 (main effects only) or more.")
    return min(max_order, table.K - 1)


@lru_cache(maxsize=8)
def all_models(lists: int, max_order: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every hierarchical model with all main effects: one row of terms each, filled up with -1, and their numbers of
    terms. The first is independence. Raises `BadModel` when there are more than 250,000."""
    possible = interactions(lists, max_order)
    if max_order == 2 and len(possible) <= 17:
        codes = list(range(1 << len(possible)))
    else:
        codes = list(_downsets(possible))
    first = [0, *(1 << j for j in range(lists))]
    bits = np.array(codes, np.int64)[:, None] >> np.arange(len(possible)) & 1 == 1
    sizes = bits.sum(1) + len(first)
    rows = np.full((len(codes), int(sizes.max())), -1, np.int64)
    rows[:, : len(first)] = first
    model, term = np.nonzero(bits)
    place = np.cumsum(bits, 1)[model, term] - 1 + len(first)
    rows[model, place] = np.array([*possible, 0])[term]
    return rows, sizes.astype(np.int64)


def _downsets(possible: Sequence[int]) -> Iterator[int]:
    """Every set of interactions (as bits over `possible`) that holds, with each, all interactions inside it."""
    place = {mask: at for at, mask in enumerate(possible)}
    needs = []
    for mask in possible:
        below = [mask & ~(1 << j) for j in range(mask.bit_length()) if mask >> j & 1]
        needs.append(sum(1 << place[inside] for inside in below if inside.bit_count() > 1))
    found = [0]
    for at in range(len(possible)):
        found += [code | 1 << at for code in found if needs[at] & ~code == 0]
        if len(found) > MOST_MODELS:
            raise BadModel(
                f"There are more than {MOST_MODELS:,} such models. Search downhill, or lower the largest order."
            )
    return iter(found)
