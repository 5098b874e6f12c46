"""Drive the parsers by coverage: `python -m tests.fuzz [TARGET ...] [--seconds 120]`, each in a process of its own.

Needs atheris (`requirements/soak.txt`). A crash, an input that takes ten seconds, or two gigabytes of memory is a
failure, and the input that did it is kept in `fuzz-found/`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

FOUND = Path("fuzz-found")


def say(line: str) -> None:
    """Tell at once: a parser may take minutes."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def drive(name: str, seconds: int, corpus: Path) -> None:
    """Fuzz one parser in this process; never returns."""
    import atheris

    # What the parsers are made of; the libraries below them are watched only where they are Python.
    with atheris.instrument_imports(include=["tumen", "shamir_mnemonic", "pypdf"]):
        from tumen.archive import setup

        setup.start_django()
        from tests.fuzz.targets import TARGETS

    target = TARGETS[name]
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", f"-artifact_prefix={FOUND}/"]
    atheris.Setup([sys.argv[0], *options, "-max_len=65536", "-verbosity=0", str(corpus)], target.run)
    atheris.Fuzz()


def main() -> int:
    """Fuzz the parsers named, or all, one after the other; the exit code says whether one failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--here", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    FOUND.mkdir(exist_ok=True)
    if asked.here:
        drive(asked.targets[0], asked.seconds, Path(asked.here))
    from tumen.archive import setup

    setup.start_django()
    from tests.fuzz.targets import TARGETS

    failed = []
    for name in asked.targets or TARGETS:
        say(f"== {name}")
        with tempfile.TemporaryDirectory() as corpus:
            command = [sys.executable, "-m", "tests.fuzz", name, "--seconds", str(asked.seconds), "--here", corpus]
            done = subprocess.run(command, check=False)
            say(f"   {len(list(Path(corpus).iterdir()))} inputs that reach new code")
        if done.returncode:
            failed.append(name)
    say(f"failed: {', '.join(failed)}" if failed else "no parser failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
