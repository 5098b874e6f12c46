"""Every parser of what comes from outside, as a function of bytes that ends well or raises what it says it raises.

Each has a few whole inputs from which a fuzzer starts. `test_targets.py` tries them with random changes in the ordinary
tests; `python -m tests.fuzz` drives them by coverage for as long as one likes.
"""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.columns.worlds import FIELDS
from tests.custody import making, vectors
from tests.text.extract import build

from tumen import dates, formats, text
from tumen.archive import keys, shares
from tumen.archive.errors import DamagedKeys, NotABackup, WrongPassphrase, WrongShares
from tumen.columns import BadQuery, Query
from tumen.custody import (
    Checkpoint,
    CustodyError,
    Kind,
    ProofFile,
    SigningKey,
    VerifierKey,
    countersign,
    countersign_request,
    start_state,
    verify_note,
    verify_timestamp,
)
from tumen.custody import verify as single_file
from tumen.estimation import AnalysisPlan, CaptureTable, EstimationError, Population, Scenario
from tumen.estimation.reading import read_frequencies
from tumen.formats import FormatError
from tumen.text.extract.errors import CannotRead
from tumen.text.extract.model import Limits
from tumen.text.extract.worker import extract_here

PLACE = Path(tempfile.gettempdir())


@dataclass(frozen=True)
class Target:
    """A parser, what it may raise, and whole inputs to begin with."""

    parse: Callable[[bytes], object]
    raises: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]

    def run(self, data: bytes) -> None:
        """Parse; only what the parser says it raises is let pass."""
        with contextlib.suppress(*self.raises):
            self.parse(data)


def drained(rows: Iterator[object]) -> None:
    for _ in rows:
        pass


def as_file(data: bytes, suffix: str, read: Callable[[Path], object]) -> object:
    with tempfile.NamedTemporaryFile(dir=PLACE, suffix=suffix) as file:
        file.write(data)
        file.flush()
        return read(Path(file.name))


def as_keys(data: bytes) -> None:
    """With a checksum that is right, so that what is behind it is reached too."""
    with contextlib.suppress(ValueError, RecursionError):
        content = json.loads(data)
        if isinstance(content, dict):
            content.pop("checksum", None)
            data = json.dumps({**content, "checksum": keys._checksum(content)}).encode()
    with tempfile.TemporaryDirectory(dir=PLACE) as place:
        (Path(place) / keys.KEYS_FILE).write_bytes(data)
        keys.ways(Path(place))
        keys.encryption_keys(Path(place), keys.ArchiveKey("ab", bytes(32)))
        keys.unlock(Path(place), key_file=b"x")


def as_manifest(data: bytes) -> object:
    from tumen.archive import backup  # needs the apps

    with tempfile.TemporaryDirectory(dir=PLACE) as place:
        (Path(place) / backup.MANIFEST).write_bytes(data)
        return backup.held(Path(place))


def as_request(data: bytes) -> object:
    with tempfile.TemporaryDirectory(dir=PLACE) as place:
        start_state(Path(place) / "state.json")
        second = SigningKey("second.example", Kind.COSIGNATURE, bytes(32))
        return countersign(data, making.TRUSTED, second, Path(place) / "state.json", 1)


def written(format_: str) -> bytes:
    file = io.BytesIO()
    formats.get(format_).write([{"name": "이금순", "n": 1}, {"name": "=1+1", "n": 2}], file, ["name", "n"])
    return file.getvalue()


def rows_of(format_: str) -> Callable[[bytes], object]:
    return lambda data: drained(formats.get(format_).read(io.BytesIO(data)))


def seen(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def extract(suffix: str) -> Callable[[bytes], object]:
    return lambda data: extract_here(data, suffix, Limits())


def tokens(data: bytes) -> None:
    words = seen(data)
    text.index_tokens(words)
    text.snippet(words, words[:20])
    text.match_query(words)


NOTE = making.evidence().checkpoint
PROOF = making.evidence().entries[0].proof
TABLE = b"A,B,C,count\n1,0,0,11\n0,1,0,9\n1,1,0,3\n0,0,1,7\n1,0,1,2\n0,1,1,2\n1,1,1,1\n"
DAY = date(2010, 1, 1)
PLAN = AnalysisPlan(Population("women", (DAY, DAY), (DAY, DAY), "Jilin", "men"), ("A", "B")).seal().to_toml().encode()
SCENARIO = b'name = "s"\npeople = 500\nseed = 1\n[capture]\nA = 0.3\nB = 0.2\nC = 0.2\n'

KEYS = (
    b'{"format": 2, "archive": "ab", "wraps": [{"kind": "key file", "made": "2026-11-24", "label": "stick",'
    b' "salt": "AAAA", "nonce": "AAAAAAAAAAAAAAAA", "wrapped": "AAAA"}], "encryption": [{"number": 1,'
    b' "nonce": "AAAAAAAAAAAAAAAA", "wrapped": "AAAA"}]}'
)
MANIFEST = (
    b'{"format": 2, "moments": [{"archive": "ab", "moment": "20261124T000000000000Z", "newest": 1, "objects": 0,'
    b' "copied": 0, "written": 0, "files": {}, "findings": []}]}'
)

TARGETS: dict[str, Target] = {
    "dates": Target(
        lambda data: (dates.try_parse(seen(data)), dates.read(seen(data))),
        (dates.InvalidDate,),
        (b"2004-06~/2006?", "1998년 겨울".encode(), b"[1667,1668-12..]", b"winter 2011"),
    ),
    "tokens": Target(tokens, (text.OnlyExclusions,), ('두만강 渡江 tumen -x "a b"'.encode(),)),
    "decode": Target(text.decode, (text.NotText,), ("이".encode("cp949"), "渡".encode("gb18030"), b"\xff\xfea\0")),
    "query": Target(
        lambda data: Query.parse(seen(data), FIELDS),
        (BadQuery,),
        (b"unit=acts&type=integrity.beating&q=winter&size=20",),
    ),
    "csv": Target(rows_of("csv"), (FormatError, text.NotText), (written("csv"),)),
    "xlsx": Target(rows_of("xlsx"), (FormatError,), (written("xlsx"),)),
    "jsonl": Target(rows_of("jsonl"), (FormatError, text.NotText), (written("jsonl"),)),
    "docx": Target(extract("docx"), (CannotRead,), (build.docx(build.paragraph("두만강")),)),
    "pdf": Target(extract("pdf"), (CannotRead,), (build.pdf(["one page", "two"]),)),
    "html": Target(extract("html"), (CannotRead,), ("<html><body><p>두만강<table><tr><td>a".encode(),)),
    "plain": Target(extract("md"), (CannotRead,), (b"# Title\n\ntext\r\n", "제목\n".encode("utf-16"))),
    "note": Target(
        lambda data: verify_note(data, [vectors.VKEY]),
        (CustodyError,),
        (vectors.NOTE, vectors.NOTE + vectors.ENOCH_LINE),
    ),
    "checkpoint": Target(Checkpoint.parse, (CustodyError,), (NOTE.split(b"\n\n")[0] + b"\n",)),
    "proof file": Target(ProofFile.parse, (CustodyError,), (PROOF.text,)),
    "verifier key": Target(lambda data: VerifierKey.parse(seen(data)), (CustodyError,), (vectors.VKEY.encode(),)),
    "countersign": Target(as_request, (CustodyError,), (countersign_request(0, [], NOTE),)),
    "timestamp": Target(lambda data: verify_timestamp(data, b"x", [b""]), (CustodyError,), (b"0\x03\x02\x01\x00",)),
    "bag's note": Target(
        lambda data: single_file.signed_text(data, [vectors.VKEY]), (single_file.NotProven,), (vectors.NOTE,)
    ),
    "estimation table": Target(
        lambda data: as_file(data, ".csv", CaptureTable.from_csv),
        (EstimationError,),
        (TABLE, TABLE.replace(b",", b";")),
    ),
    "frequencies": Target(
        lambda data: as_file(data, ".csv", read_frequencies), (EstimationError,), (b"times,count\n1,40\n2,9\n3,2\n",)
    ),
    "plan": Target(lambda data: as_file(data, ".toml", AnalysisPlan.from_toml), (EstimationError,), (PLAN,)),
    "scenario": Target(lambda data: as_file(data, ".toml", Scenario.from_toml), (EstimationError,), (SCENARIO,)),
    "recovery sheet": Target(
        lambda data: shares.read(seen(data)), (WrongShares,), (" ".join(shares.make().sheets[0]).encode(),)
    ),
    "keys.json": Target(as_keys, (DamagedKeys, WrongPassphrase), (KEYS,)),
    "backup.json": Target(as_manifest, (NotABackup,), (MANIFEST,)),
}
