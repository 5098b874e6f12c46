"""CPU time of writing rows, as a ratio to the standard library's csv and to xlsxwriter in its streaming mode.

Run: PYTHONPATH=src python benchmarks/formats.py [ROWS]
"""

import csv
import io
import sys
import time
from collections.abc import Callable, Iterator

import xlsxwriter

from tumen import formats
from tumen.formats import Value

COLUMNS = ["id", "told", "count", "place", "note", "date"]


class Nowhere(io.RawIOBase):
    """A file that keeps nothing, so that only the writing is measured."""

    def writable(self) -> bool:
        """It takes everything."""
        return True

    def write(self, data: object) -> int:
        """Forget the data."""
        return len(data)  # type: ignore[arg-type]


def rows(number: int) -> Iterator[dict[str, Value]]:
    """Rows as an export has them."""
    for i in range(number):
        yield {
            "id": i,
            "told": "구타를 당했다고 말했다",
            "count": i * 0.5,
            "place": "Onsong",
            "note": "=x",
            "date": "2013-03",
        }


def plain_csv(number: int) -> None:
    """What the bare standard library does, formulas and all."""
    writer = csv.writer(io.TextIOWrapper(Nowhere(), "utf-8", newline=""))
    writer.writerow(COLUMNS)
    writer.writerows([row[column] for column in COLUMNS] for row in rows(number))


def xlsxwriter_stream(number: int) -> None:
    """xlsxwriter's constant_memory mode, its temporary files in memory."""
    book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True, "tmpdir": "/dev/shm"})  # noqa: S108
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, COLUMNS)
    for at, row in enumerate(rows(number), 1):
        sheet.write_row(at, 0, [f"'{v}" if v == "=x" else v for v in row.values()])
    book.close()


def seconds(work: Callable[[], object]) -> float:
    """CPU time of one run."""
    before = time.process_time()
    work()
    return time.process_time() - before


def main() -> None:
    """Print one line a format."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    peers = {
        "csv": ("csv module", plain_csv),
        "xlsx": ("xlsxwriter", xlsxwriter_stream),
        "jsonl": ("csv module", plain_csv),
    }
    print(f"{number:,} rows of {len(COLUMNS)} columns, CPU seconds")
    for name, (peer, work) in peers.items():
        ours = seconds(lambda name=name: formats.get(name).write(rows(number), Nowhere(), COLUMNS))
        theirs = seconds(lambda work=work: work(number))
        print(f"{name:<6} {ours:6.2f}   {peer:<11} {theirs:6.2f}   ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
