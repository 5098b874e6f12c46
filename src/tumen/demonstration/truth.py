"""What happened: the arrays that hold the true persons, acts and captures, and the file they are kept in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .capture import LISTS, STRATA
from .noise import Noise

I8 = NDArray[np.int8]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
Bits = NDArray[np.uint8]
Flags = NDArray[np.bool_]

FEMALE, MALE = 0, 1
VICTIM, PERPETRATOR, WITNESS, OTHER, GROUP = range(5)
ROLES = ("victim", "perpetrator", "witness", "other", "group")


@dataclass(slots=True)
class Persons:
    """Persons, victims first, then perpetrators, witnesses, others; after them the groups (`role` says which).

    `born` is in days since 1970; `sex_known` is False where no source ever tells the sex. `given2` is -1 for a
    one-syllable name. `chinese` names come from the other name table. `home` and `abroad` index places.
    """

    role: I8
    sex: I8
    sex_known: Flags
    born: I32
    age_known: Flags
    surname: I16
    given1: I16
    given2: I16
    chinese: Flags
    home: I16
    abroad: I16
    cluster: I32
    stratum: I8
    fate: I8
    can_tell: Flags
    story: I32
    """For victims: the day the story begins."""
    category: I8
    """For perpetrators: officer, police, broker or buyer (see `world_perpetrators.CATEGORIES`)."""


@dataclass(slots=True)
class Acts:
    """Acts in the order of victims and of time. `day` is in days since 1970; -1 stands for none."""

    victim: I32
    kind: I8
    day: I32
    days: I16
    place: I16
    place_type: I8
    unit: I16
    agency: I8
    perpetrator: I32
    buyer: I32
    incident: I32
    ordinal: I8
    price: I32
    date_told: Flags


@dataclass(slots=True)
class Truth:
    """The true state of the fictional world, and what the capture process did to it.

    `history` has one byte for each recorded victim (the first persons), with a bit for each list; `never` counts, by
    stratum, the victims no source speaks of. `adjusted` counts histories in which one capture was added so that the
    published counts by source type hold exactly.
    """

    seed: int
    noise: Noise
    persons: Persons
    acts: Acts
    groups: int
    history: Bits
    never: dict[str, int]
    adjusted: int = 0

    @property
    def recorded_persons(self) -> int:
        """Resolved persons in all roles; groups are not persons."""
        return int((self.persons.role != GROUP).sum())

    @property
    def victims(self) -> int:
        """The number of victims, recorded or not: the N that estimation should find."""
        return len(self.history) + sum(self.never.values())

    def capture_table(self, stratum: str | None = None) -> dict[tuple[int, ...], int]:
        """Recorded victims by capture history: {(on the first list, on the second, ...): how many}."""
        chosen = self.history
        if stratum is not None:
            chosen = chosen[self.persons.stratum[: len(chosen)] == STRATA.index(stratum)]
        counts = np.bincount(chosen, minlength=1 << len(LISTS))
        return {tuple(pattern >> bit & 1 for bit in range(len(LISTS))): int(n) for pattern, n in enumerate(counts) if n}

    def parameters(self) -> dict[str, Any]:
        """Everything needed to say how hard this archive is: seed, sizes, noise, lists, N by stratum."""
        recorded = np.bincount(self.persons.stratum[: len(self.history)], minlength=len(STRATA)).tolist()
        return {
            "fictional": True,
            "seed": self.seed,
            "acts": len(self.acts.victim),
            "persons": self.recorded_persons,
            "groups": self.groups,
            "victims": self.victims,
            "by_stratum": {
                name: {"recorded": n, "never_recorded": self.never[name]}
                for name, n in zip(STRATA, recorded, strict=True)
            },
            "captures_adjusted": self.adjusted,
            "noise": dict(self.noise.describe()),
            "lists": [
                {
                    "key": listed.key,
                    "name": listed.name,
                    "base": listed.base,
                    "own": listed.own,
                    "shared": listed.shared,
                    "after": dict(listed.after),
                    "reach": dict(listed.reach),
                }
                for listed in LISTS
            ],
        }

    def write(self, path: Path, clusters: dict[str, NDArray[np.int32]]) -> None:
        """Write the truth to one .npz file: capture histories, true persons and acts, and for each kind of record in
        `clusters` the true entity of each record; `parameters` is JSON in the same file. Load it with numpy.load.
        """
        persons, acts = self.persons, self.acts
        arrays: dict[str, Any] = {f"record_{kind}": entities for kind, entities in clusters.items()}
        for name in ("role", "sex", "born", "cluster", "stratum", "home"):
            arrays[f"person_{name}"] = getattr(persons, name)
        for name in ("victim", "kind", "day", "place", "incident", "perpetrator"):
            arrays[f"act_{name}"] = getattr(acts, name)
        parameters = np.array(json.dumps(self.parameters(), ensure_ascii=False))
        with path.open("wb") as out:
            np.savez_compressed(out, history=self.history, parameters=parameters, **arrays)
