"""The command: help, exit codes, secrets, keys, interruptions."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from tests.conftest import PASSPHRASE, close_connections
from tests.workbench.running import Kept, alive, children, start, tumen, until

from tumen.archive import folder
from tumen.workbench.cli import COMMANDS, main

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`tumen ...` in this process; each call opens its archive anew."""
    for name in ("TUMEN_ARCHIVE", "TUMEN_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*arguments: str | Path) -> Result:
        try:
            return CliRunner().invoke(main, list(map(str, arguments)))
        finally:
            close_connections()
            folder.close()

    yield invoke


@pytest.fixture
def empty(template: Path, tmp_path: Path) -> Kept:
    """An empty archive of this test's own."""
    kept = Kept(tmp_path / "archive", tmp_path / "passphrase")
    shutil.copytree(template, kept.path)
    kept.passphrase_file.write_text(PASSPHRASE + "\n", "utf-8")
    return kept


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", found) for inner, found in command.commands.items())


def test_every_command_has_help_with_an_example(run: Run) -> None:
    for name, _ in commands():
        told = run(*name.split(), "--help")
        assert told.exit_code == 0, name
        assert f"tumen{' --archive ~/archive' * ('--archive' in told.output)}" in told.output, name
        assert "Example:" in told.output, name


def test_no_option_takes_a_passphrase_or_password_itself() -> None:
    options = [option for _, command in [("", main), *commands()] for option in command.params]
    secret = [option for option in options if "pass" in (option.name or "")]
    assert secret
    for option in secret:
        assert isinstance(option.type, click.Path), option.name
        assert option.name is not None and (option.name.endswith("_file") or option.name.startswith("write_"))
    variables = {str(option.envvar) for option in options if option.envvar}
    assert variables == {"TUMEN_ARCHIVE", "TUMEN_PASSPHRASE_FILE"}


def test_without_an_archive_the_command_says_how_to_name_one(run: Run) -> None:
    told = run("check")
    assert (told.exit_code, "--archive DIR or TUMEN_ARCHIVE" in told.output) == (2, True)


def test_a_folder_that_is_no_archive_is_told_as_such(run: Run, empty: Kept, tmp_path: Path) -> None:
    for place in (tmp_path / "nowhere", tmp_path):
        told = run("--archive", place, "--passphrase-file", empty.passphrase_file, "check")
        assert told.exit_code == 3
        assert str(place) in told.output


def test_a_wrong_passphrase_is_told_as_such(run: Run, empty: Kept) -> None:
    empty.passphrase_file.write_text("something else")
    told = run(*empty.options(), "check")
    assert (told.exit_code, "does not open" in told.output) == (3, True)
    assert "something else" not in told.output


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_passphrase_file_that_holds_none_is_a_usage_error(run: Run, empty: Kept, content: bytes | None) -> None:
    empty.passphrase_file.unlink()
    if content is not None:
        empty.passphrase_file.write_bytes(content)
    told = run(*empty.options(), "check")
    assert told.exit_code == 2
    assert isinstance(told.exception, SystemExit)


def test_without_a_terminal_nothing_waits_for_a_passphrase(run: Run, empty: Kept) -> None:
    told = run("--archive", empty.path, "check")
    assert (told.exit_code, "--passphrase-file or TUMEN_PASSPHRASE_FILE" in told.output) == (2, True)


def test_without_a_terminal_nothing_waits_for_a_password_either(empty: Kept, tmp_path: Path) -> None:
    done = tumen("--passphrase-file", empty.passphrase_file, "init", tmp_path / "never")
    assert done.returncode == 2
    assert "--password-file" in done.stderr
    assert not (tmp_path / "never").exists()


def test_a_search_for_nothing_is_an_error_and_not_an_empty_answer(run: Run, empty: Kept) -> None:
    result = run(*empty.options(), "search", " ")
    assert result.exit_code == 4
    assert "Say what to look for" in result.output


def test_archive_and_passphrase_file_can_be_named_in_the_environment(
    run: Run, empty: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUMEN_ARCHIVE", str(empty.path))
    monkeypatch.setenv("TUMEN_PASSPHRASE_FILE", str(empty.passphrase_file))
    told = run("check")
    assert told.exit_code == 0
    assert told.output.startswith("The archive is whole.\n")


def test_init_makes_an_archive_that_is_whole(run: Run, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "new", tmp_path / "passphrase")
    kept.passphrase_file.write_text(PASSPHRASE)
    password = tmp_path / "password"
    password.write_text("of the first user")
    secrets = ("--passphrase-file", kept.passphrase_file)
    assert run(*secrets, "init", kept.path, "--password-file", password).exit_code == 0
    told = run(*kept.options(), "check", "--deep", "--json")
    assert (told.exit_code, json.loads(told.output)) == (0, [])
    again = run(*secrets, "init", kept.path, "--password-file", password)
    assert (again.exit_code, "not empty" in again.output) == (1, True)


def test_check_ends_with_1_and_says_what_to_do_when_something_is_wrong(run: Run, empty: Kept) -> None:
    (empty.path / "identity-keys.db").unlink()
    told = run(*empty.options(), "check")
    assert told.exit_code == 1
    assert "restore" in told.output.lower()


def test_a_changed_passphrase_opens_and_the_old_one_does_not(run: Run, empty: Kept, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.write_text("another passphrase\n")
    assert run(*empty.options(), "keys", "passphrase", "--new-passphrase-file", new).exit_code == 0
    assert run(*empty.options(), "check").exit_code == 3
    assert run("--archive", empty.path, "--passphrase-file", new, "check").exit_code == 0


def test_a_key_file_opens_without_the_passphrase(run: Run, empty: Kept, tmp_path: Path) -> None:
    key = tmp_path / "safe" / "tumen.key"
    assert run(*empty.options(), "keys", "add-file", key).exit_code == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert run("--archive", empty.path, "--key-file", key, "check").exit_code == 0
    content = key.read_bytes()
    refused = run(*empty.options(), "keys", "add-file", key)
    assert (refused.exit_code, key.read_bytes()) == (2, content)
    key.write_bytes(content[:-1])
    assert run("--archive", empty.path, "--key-file", key, "check").exit_code == 3


def test_a_backup_is_restored_and_opens_with_the_same_passphrase(run: Run, empty: Kept, tmp_path: Path) -> None:
    to, keys_to, back = tmp_path / "backup", tmp_path / "keys", Kept(tmp_path / "back", empty.passphrase_file)
    made = run(*empty.options(), "backup", to, "--keys-to", keys_to, "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["findings"] == []
    assert run("restore", to, back.path).exit_code == 1  # without its keys
    assert run("restore", to, back.path, "--keys-from", keys_to).exit_code == 0
    assert run(*back.options(), "check", "--deep").exit_code == 0
    again = run("restore", to, back.path, "--keys-from", keys_to)
    assert (again.exit_code, "not empty" in again.output) == (1, True)
    assert run("restore", tmp_path / "keys", tmp_path / "nothing").exit_code == 1


def test_demo_makes_an_archive_and_its_passphrase_that_only_the_owner_reads(run: Run, demo: Kept) -> None:
    assert stat.S_IMODE(demo.passphrase_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(demo.path.stat().st_mode) == 0o700
    assert run(*demo.options(), "check").exit_code == 0


def test_demo_never_overwrites_an_archive_or_a_passphrase(run: Run, demo: Kept, tmp_path: Path) -> None:
    passphrase = demo.passphrase_file.read_text()
    told = run("demo", tmp_path / "other", "--acts", "500", "--write-passphrase", demo.passphrase_file)
    assert (told.exit_code, demo.passphrase_file.read_text()) == (2, passphrase)
    assert not (tmp_path / "other").exists()
    told = run("demo", demo.path, "--acts", "500", "--write-passphrase", tmp_path / "passphrase")
    assert (told.exit_code, "not empty" in told.output) == (1, True)
    assert not (tmp_path / "passphrase").exists()


@pytest.mark.parametrize("acts", ["499", "many"])
def test_a_demonstration_that_cannot_be_made_is_refused_before_anything_is_written(
    run: Run, tmp_path: Path, acts: str
) -> None:
    told = run("demo", tmp_path / "demo", "--acts", acts, "--write-passphrase", tmp_path / "passphrase")
    assert told.exit_code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["Ctrl-C", "writer killed", "generator killed"])
def test_an_interrupted_demo_is_told_named_by_check_and_leaves_no_process(tmp_path: Path, how: str) -> None:
    kept = Kept(tmp_path / "demo", tmp_path / "passphrase")
    process = start("demo", kept.path, "--acts", "10000", "--write-passphrase", kept.passphrase_file)
    assert until(lambda: bool(children(process.pid)))
    [generator] = children(process.pid)
    assert until(lambda: (kept.path / "archive.db").stat().st_size > 8_000_000)
    if how == "Ctrl-C":
        os.killpg(process.pid, signal.SIGINT)
    else:
        os.kill(generator if how == "generator killed" else process.pid, signal.SIGKILL)
    told, _ = process.communicate(timeout=30)
    assert until(lambda: not alive(generator), 5)
    if how != "writer killed":
        assert process.returncode == (130 if how == "Ctrl-C" else 1)
        assert f"The archive in {kept.path} is not whole. Remove it and make it again." in told
        assert "Traceback" not in told
    found = tumen(*kept.options(), "check")
    assert found.returncode == 1
    assert "did not finish" in found.stdout


def test_a_command_that_crashes_leaves_no_memory_on_the_disk() -> None:
    CliRunner().invoke(main, ["--archive", "nowhere", "check"])
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
