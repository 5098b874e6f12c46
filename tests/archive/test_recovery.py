"""Recovery sheets: two of three open an archive, one does not, mistakes are told, a printed sheet can be followed."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from tests.archive import making
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import backup, folder, keys, recovery, shares
from tumen.archive.errors import LastWayIn, WrongPassphrase, WrongShares
from tumen.workbench.cli import main

NEW = "a new one for all"


@pytest.fixture(scope="module")
def made() -> shares.Shares:
    return shares.make()


def tumen(*arguments: object, typed: str = "") -> Result:
    """Run a command, with what somebody types."""
    close_connections()
    folder.close()
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=typed)


@pytest.fixture
def secrets_of(tmp_path: Path) -> list[str]:
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE)
    return ["--passphrase-file", str(path)]


def test_any_two_of_three_sheets_open_the_archive(archive: folder.Archive, made: shares.Shares) -> None:
    keys.replace_shares(archive.folder, archive.key, made.secret, made.label)
    for two in itertools.permutations(made.sheets, 2):
        assert keys.unlock(archive.folder, shared=shares.combine(two)) == archive.key


def test_one_sheet_opens_nothing(made: shares.Shares) -> None:
    for several in ([made.sheets[0]], [made.sheets[0], made.sheets[0]], []):
        with pytest.raises(WrongShares, match="same sheet twice"):
            shares.combine(several)


def test_new_sheets_make_the_former_ones_worthless(archive: folder.Archive, made: shares.Shares) -> None:
    keys.replace_shares(archive.folder, archive.key, made.secret, made.label)
    again = shares.make()
    keys.replace_shares(archive.folder, archive.key, again.secret, again.label)
    with pytest.raises(WrongPassphrase, match="recovery sheets"):
        keys.unlock(archive.folder, shared=made.secret)
    with pytest.raises(WrongShares, match="different sets"):
        shares.combine([made.sheets[0], again.sheets[1]])
    assert [way.kind for way in keys.ways(archive.folder)] == ["passphrase", "shares"]


def test_sheets_survive_a_new_passphrase_and_a_lost_key_file_can_be_revoked(
    archive: folder.Archive, made: shares.Shares
) -> None:
    file = keys.new_key_file()
    keys.add_key_file(archive.folder, archive.key, file, "stick")
    keys.replace_shares(archive.folder, archive.key, made.secret, made.label)
    keys.change_passphrase(archive.folder, archive.key, NEW)
    assert keys.revoke(archive.folder, 2).label == "stick"
    with pytest.raises(WrongPassphrase):
        keys.unlock(archive.folder, key_file=file)
    assert keys.unlock(archive.folder, shared=made.secret) == archive.key
    with pytest.raises(LastWayIn):
        keys.revoke(archive.folder, 1)
    with pytest.raises(ValueError, match="keys list"):
        keys.revoke(archive.folder, 9)


@given(place=st.integers(0, shares.WORDS - 1), to=st.integers(0, 1023))
def test_one_misread_word_is_noticed_wherever_it_is(made: shares.Shares, place: int, to: int) -> None:
    words = list(made.sheets[0])
    if shares.WORDLIST[to] != words[place]:
        words[place] = shares.WORDLIST[to]
        with pytest.raises(WrongShares, match="do not belong together"):
            shares.read(" ".join(words))


def test_numbers_capitals_and_line_ends_between_the_words_do_not_matter(made: shares.Shares) -> None:
    typed = "\n".join(f"{place}. {word.title()}," for place, word in enumerate(made.sheets[1], 1))
    assert shares.read(typed) == made.sheets[1]


def test_a_word_of_no_list_is_told_with_its_place_and_what_it_may_have_been(made: shares.Shares) -> None:
    words = list(made.sheets[0])
    words[4] = "acadmic"
    with pytest.raises(WrongShares, match=r"Word 5, “acadmic”.*academic"):
        shares.read(" ".join(words))
    with pytest.raises(WrongShares, match="33 words; 32 were typed"):
        shares.read(" ".join(made.sheets[0][:-1]))


def test_sheets_count_when_a_word_of_each_was_read_from_paper(
    archive: folder.Archive, secrets_of: list[str], tmp_path: Path
) -> None:
    there = ["--archive", archive.folder, *secrets_of, "keys"]
    done = tumen(*there, "shares", "--to", tmp_path / "refused", typed="no\nno\nno\n")
    assert done.exit_code == 4 and "do not count" in done.output
    assert [way.kind for way in keys.ways(archive.folder)] == ["passphrase"]
    done = tumen(*there, "shares", "--to", tmp_path / "sheets", "--unread")
    assert done.exit_code == 0
    assert len({words_on(path) for path in (tmp_path / "sheets").iterdir()}) == 3
    assert "shares" in tumen("--archive", archive.folder, "keys", "list").output


def words_on(sheet: Path) -> str:
    """The words that somebody reads from a printed sheet."""
    return " ".join(re.findall(r"</b>(\w+)</li>", sheet.read_text()))


@pytest.mark.parametrize("language", ["en", "ko", "zh"])
def test_the_printed_sheet_followed_word_by_word_opens_a_backup_on_another_computer(
    archive: folder.Archive, secrets_of: list[str], tmp_path: Path, language: str
) -> None:
    party = making.party(features="a scar")
    there = ["--archive", archive.folder, *secrets_of]
    tumen(*there, "keys", "shares", "--to", tmp_path / "s", "--unread", "--language", language)
    sheets = sorted((tmp_path / "s").iterdir())
    assert tumen(*there, "backup", tmp_path / "backup").exit_code == 0
    home = tmp_path / "home"
    home.mkdir()
    page = sheets[0].read_text()
    commands = [unescape(command) for command in re.findall(r"<code>(.+?)</code>", page)]
    assert len(commands) == 5
    for command in commands:
        if command.endswith("serve"):
            continue  # test_serving starts servers
        argv = [str(home / part[2:]) if part.startswith("~/") else part for part in shlex.split(command)]
        argv = [str(tmp_path / "backup") if part == "BACKUP" else part for part in argv]
        if "check" in argv:
            (tmp_path / "new").write_text(NEW)
            argv[1:1] = ["--passphrase-file", str(tmp_path / "new")]
        two = f"{words_on(sheets[0])}\n{words_on(sheets[2])}\n"
        done = subprocess.run(
            [sys.executable, "-m", "tumen", *argv[1:]],
            input=two + f"{NEW}\n{NEW}\n",
            text=True,
            capture_output=True,
            env={**os.environ, "HOME": str(home), "TUMEN_ARCHIVE": ""},
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert "It works" in done.stdout
    restored = folder.unlock(home / "tumen-archive", NEW)
    with folder.opened(restored):
        assert making.opened(type(party).objects.get(pk=party.pk), "features") == "a scar"


def test_a_drill_leaves_nothing_behind_and_says_when_sheets_are_wrong(
    archive: folder.Archive, made: shares.Shares, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.replace_shares(archive.folder, archive.key, made.secret, made.label)
    making.party(features="a scar")
    backup.backup(tmp_path / "backup")
    monkeypatch.setattr(recovery.tempfile, "tempdir", str(tmp_path / "here"))
    (tmp_path / "here").mkdir()
    said: list[str] = []
    done = recovery.drill(tmp_path / "backup", made.secret, None, said.append)
    assert done.findings == [] and done.changes >= 1 and len(said) == 3
    with pytest.raises(WrongPassphrase):
        recovery.drill(tmp_path / "backup", shares.make().secret, None, said.append)
    assert not list((tmp_path / "here").iterdir())
