"""`tumen verify` and `tumen custody`, as the people on both sides use them."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.archive.log.forging import run
from tests.archive.log.refit import refit
from tests.archive.making import original, source
from tests.custody.authority import Authority

from tumen.archive.log import checkpoints
from tumen.archive.models import Attestation, Checkpoint
from tumen.custody import verify_note
from tumen.workbench.cli import main

pytestmark = pytest.mark.usefixtures("archive")


def tumen(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def follow(folder: Path) -> str:
    done = tumen("custody", "follow", folder, "--name", "partner.example", "--log", checkpoints.verifier().text)
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def countersign(place: Path, name: str, *options: str) -> Result:
    """Carry a checkpoint to the partner and back; return what the partner's command said."""
    asked = place / name
    assert tumen("custody", "checkpoint", "--request", asked, *options).exit_code == 0
    return tumen("custody", "countersign", asked, "--folder", place / "partner")


def test_verify_says_that_everything_holds_and_what_was_looked_at() -> None:
    original(b"some bytes")
    done = tumen("verify")
    assert done.exit_code == 0
    assert done.stdout.endswith("Everything holds.\n") and "Originals: 1" in done.stdout
    told = json.loads(tumen("verify", "--json").stdout)
    assert (told["originals"], told["findings"]) == (1, [])


def test_verify_says_what_does_not_hold_with_an_exit_code() -> None:
    source()
    run("UPDATE archive_change SET kind = 'forged' WHERE seq = 1")
    done = tumen("verify")
    assert done.exit_code == 1
    assert "change 1 is not what the log was told" in done.stdout and "DOES NOT HOLD: 1" in done.stdout
    shown = tumen("custody", "show").stdout
    assert "1 findings" in shown


def test_a_checkpoint_goes_to_a_partner_and_comes_back_countersigned(tmp_path: Path) -> None:
    key = follow(tmp_path / "partner")
    for name in ("first", "second"):
        source()
        assert countersign(tmp_path, name).exit_code == 0
        done = tumen("custody", "import", tmp_path / f"{name}.signed", *(("--key", key) if name == "first" else ()))
        assert done.exit_code == 0 and "is countersigned by partner.example" in done.stdout
    again = tumen("custody", "import", tmp_path / "second.signed")
    assert "are here already" in again.stdout
    assert Attestation.objects.count() == 2
    shown = json.loads(tumen("custody", "show", "--json").stdout)
    assert [one["by"] for one in shown["attested"]] == ["partner.example"] * 2
    assert tumen("verify").exit_code == 0


def test_the_partner_refuses_a_log_whose_past_was_rewritten(tmp_path: Path) -> None:
    follow(tmp_path / "partner")
    source()
    assert countersign(tmp_path, "first").exit_code == 0
    size = checkpoints.make(whole=True).statement.size
    run("UPDATE archive_change SET actor = 99 WHERE seq = 1")
    refit()
    source()
    done = countersign(tmp_path, "second", "--since", str(size))
    assert done.exit_code == 1 and "NOT SIGNED" in done.output and "does not continue" in done.output
    assert not (tmp_path / "second.signed").exists()


def test_the_partner_refuses_a_log_that_was_rolled_back(tmp_path: Path) -> None:
    follow(tmp_path / "partner")
    before = tmp_path / "before"
    source()
    assert tumen("custody", "checkpoint", "--request", before, "--since", "0").exit_code == 0
    source()
    assert countersign(tmp_path, "first").exit_code == 0
    done = tumen("custody", "countersign", before, "--folder", tmp_path / "partner")
    assert done.exit_code == 1 and "do not sign" in done.output


def test_a_request_from_the_wrong_size_says_which_is_the_right_one(tmp_path: Path) -> None:
    follow(tmp_path / "partner")
    source()
    assert countersign(tmp_path, "first").exit_code == 0
    size = checkpoints.make(whole=True).statement.size
    source()
    done = countersign(tmp_path, "second")  # the first never came back, so it starts from 0 again
    assert done.exit_code != 0 and f"--since {size}" in done.output
    assert countersign(tmp_path, "third", "--since", str(size)).exit_code == 0


def test_a_partner_without_a_memory_signs_nothing(tmp_path: Path) -> None:
    follow(tmp_path / "partner")
    (tmp_path / "partner" / "state.json").unlink()
    done = countersign(tmp_path, "first")
    assert done.exit_code == 1 and "find it" in done.output


def test_a_checkpoint_of_another_archive_or_by_an_unknown_key_is_not_taken_in(tmp_path: Path) -> None:
    key = follow(tmp_path / "partner")
    source()
    countersign(tmp_path, "first")
    unknown = tumen("custody", "import", tmp_path / "first.signed")
    assert unknown.exit_code == 4 and "not signed by any" in unknown.output
    run("UPDATE archive_checkpoint SET note = CAST('other' || note AS BLOB)")
    foreign = tumen("custody", "import", tmp_path / "first.signed", "--key", key)
    assert foreign.exit_code == 1 and "no checkpoint that this archive made" in foreign.output
    assert not Attestation.objects.exists()


def test_the_printed_checkpoint_is_a_signed_note() -> None:
    printed = tumen("custody", "checkpoint").stdout
    assert verify_note(printed.encode(), [checkpoints.verifier().text]).text.startswith(b"tumen-archive/")
    assert tumen("custody", "checkpoint").stdout == printed


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    assert tumen("custody", "checkpoint", "--request", tmp_path / "taken").exit_code == 4
    follow(tmp_path / "partner")
    again = tumen("custody", "follow", tmp_path / "partner", "--name", "x", "--log", checkpoints.verifier().text)
    assert again.exit_code == 4
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An authority that answers on this machine, and where its root certificate is."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    (tmp_path / "authority").mkdir()
    stamps = Authority(tmp_path / "authority")

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = stamps.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", stamps.folder / "ca.pem"
    server.shutdown()
    server.server_close()


def test_an_authority_stamps_a_checkpoint_and_openssl_agrees(authority: tuple[str, Path], tmp_path: Path) -> None:
    url, root = authority
    source()
    done = tumen("custody", "timestamp", "--authority", url, "--root", root)
    assert done.exit_code == 0 and "says CN=Authority of the test" in done.stdout
    kept = Attestation.objects.get()
    (root.parent / "kept.tsr").write_bytes(kept.content)
    text = bytes(Checkpoint.objects.get(pk=kept.checkpoint_id).note).partition(b"\n\n")[0] + b"\n"
    (root.parent / "text").write_bytes(text)
    Authority.run(_At(root.parent), "ts", "-verify", "-in", "kept.tsr", "-data", "text", "-CAfile", "ca.pem")  # type: ignore[arg-type]
    assert tumen("verify").exit_code == 0


class _At:
    """Where openssl runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder


def test_an_authority_that_does_not_answer_leaves_nothing(authority: tuple[str, Path]) -> None:
    _url, root = authority
    for url in ("http://127.0.0.1:1/", "ftp://example.org/"):
        done = tumen("custody", "timestamp", "--authority", url, "--root", root)
        assert done.exit_code == 4
    assert not Attestation.objects.exists()
