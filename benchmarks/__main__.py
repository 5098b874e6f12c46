"""Run every benchmark in turn, each in a process of its own, and print the foundation's goals as one table at the end.

    python -m benchmarks [NAME ...] [--acts 87317] [--large DIR --large-passphrase-file FILE]

An archive of --acts is built once, timed, and measured by `pages` and `serve`. --large names a demonstration archive of
1.5 million act records (`tumen demo DIR --acts 1190000` makes one), measured in the same way.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import summary

FULL = 87_317
WITHOUT_ARCHIVE = (
    "spine",
    "demonstration",
    "encryption",
    "keys",
    "columns",
    "masks",
    "consent",
    "tokens",
    "dates",
    "formats",
    "annotator",
    "custody",
    "estimation",
)
WITH_ARCHIVE = ("pages", "serve")


def build(place: Path, acts: int) -> list[str]:
    """Build the demonstration archive, note what it took, and return the options that name it."""
    archive, passphrase_file = place / "archive", place / "passphrase"
    command = [sys.executable, "-m", "tumen", "demo", str(archive), "--acts", str(acts)]
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, "--write-passphrase", str(passphrase_file)], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    wall = time.perf_counter() - wall
    print(f"== an archive of {acts:,} acts built in {wall:.0f} s, {cpu:.0f} s of CPU")
    if acts == FULL:
        summary.note("demonstration archive of 87,317 acts built", 90, wall, " s", f"{cpu:.0f} s CPU on two cores")
    return ["--archive", str(archive), "--passphrase-file", str(passphrase_file)]


def run(name: str, options: list[str]) -> bool:
    """Run one benchmark; whether it came to its end."""
    print(f"== {name} {' '.join(options)}", flush=True)
    return not subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], check=False).returncode


def main() -> None:
    """Run, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="benchmarks to run; all if none is named")
    parser.add_argument("--acts", type=int, default=FULL, help="size of the archive that is built")
    parser.add_argument("--large", type=Path, help="an archive of 1.5 million act records")
    parser.add_argument("--large-passphrase-file", type=Path)
    asked = parser.parse_args()
    wanted = asked.names or [*WITHOUT_ARCHIVE, *WITH_ARCHIVE]
    with tempfile.TemporaryDirectory(prefix="tumen-bench-") as temporary:
        place = Path(temporary)
        notes = place / "notes"
        notes.touch()
        os.environ[summary.NOTES] = str(notes)
        failed = [name for name in wanted if name not in WITH_ARCHIVE and not run(name, [])]
        over = [name for name in WITH_ARCHIVE if name in wanted]
        if over:
            options = build(place, asked.acts)
            failed += [name for name in over if not run(name, options)]
        if asked.large is not None:
            options = ["--archive", str(asked.large), "--passphrase-file", str(asked.large_passphrase_file)]
            failed += [name for name in over if not run(name, options)]
        print(f"\n{summary.table(notes)}")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
