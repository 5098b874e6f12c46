"""What was counted so far, one row a setting and method, in a file that a later run goes on with."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tumen.estimation.scoring import Score

COUNTS = Path(__file__).with_name("counts.csv")


@dataclass
class Row:
    """What was counted of one method in one setting, and the commits of the code that did it."""

    setting: str
    score: Score
    code: str = ""


Rows = dict[tuple[str, str], Row]


def read(path: Path = COUNTS) -> Rows:
    """The counts so far, by setting and method."""
    rows = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            for told in csv.DictReader(file):
                score = Score(**{each.name: _value(str(each.type), told[each.name]) for each in fields(Score)})
                rows[told["setting"], score.method] = Row(told["setting"], score, told["code"])
    return rows


def write(rows: Rows, path: Path = COUNTS) -> None:
    """Write the counts down, whole or not at all."""
    names = [each.name for each in fields(Score)]
    half = path.with_suffix(".half")
    with half.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["setting", *names, "code"])
        for row in rows.values():
            if row.score.tables:
                table.writerow([row.setting, *(_text(getattr(row.score, name)) for name in names), row.code])
    half.replace(path)


def _value(kind: str, text: str) -> Any:
    if kind.startswith("Counter"):
        return Counter({code: int(count) for code, count in (pair.split(":") for pair in text.split())})
    return {"int": int, "float": float, "str": str}[kind](text)


def _text(value: Any) -> str:
    if isinstance(value, Counter):
        return " ".join(f"{code}:{count}" for code, count in sorted(value.items()))
    return f"{value:.9g}" if isinstance(value, float) else str(value)
