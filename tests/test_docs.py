"""The pages for readers: links lead somewhere, commands and fields are described, and nothing speaks of one machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripts import make_reference

from tumen.archive import folder
from tumen.workbench.services import furnish

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
MOST_BYTES_OF_AN_IMAGE = 200_000


def tracked() -> Iterator[tuple[str, Path]]:
    """The kind and path of every file that git keeps; skips outside a checkout."""
    listed = subprocess.run(["git", "ls-files", "-s"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    for line in listed.stdout.splitlines():
        yield line.partition(" ")[0], ROOT / line.partition("\t")[2]


def headings(page: Path) -> set[str]:
    """The anchors that a page's headings get."""
    found = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.replace("`", "")).strip().lower().replace(" ", "-") for title in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        if anchor:
            assert anchor in headings(found), target


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        for target in LINK.findall(page.read_text("utf-8")):
            found = (page.parent / target.partition("#")[0]).resolve()
            if found.is_dir():
                found = found / "README.md"
            if found.suffix == ".md" and found.is_file():
                waiting.append(found)
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in reached] == []


NODE = re.compile(r"`(tests/[\w/.]+)::(\w+)`")
STATES = r"yes|yes, no test|partly|\*\*not yet\*\*|n/a"
REQUIREMENT = re.compile(rf"^\| (\d+\.\d+\.\d+) \|.*\| ({STATES}) \| (.*) \|$", re.MULTILINE)
LEVELS_1_AND_2 = 253  # of version 5.0.0


@pytest.mark.parametrize("name", ["security.md", "asvs.md"])
def test_every_test_that_security_rests_on_exists(name: str) -> None:
    named = NODE.findall((ROOT / "docs" / name).read_text("utf-8"))
    assert len(named) > 20
    for file, test in named:
        assert re.search(rf"^def {test}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE), f"{file}::{test}"


def test_every_requirement_of_the_standard_has_its_state_and_its_reason() -> None:
    page, _heading, chosen = (ROOT / "docs" / "asvs.md").read_text("utf-8").partition("## Chosen from level 3")
    rows = REQUIREMENT.findall(page)
    whole = sum(int(count) for count in re.findall(r"V\d+ [\w ,-]+ \((\d+)\):", page))
    assert len({number for number, _state, _why in rows}) == len(rows) == LEVELS_1_AND_2 - whole
    for number, state, why in rows + REQUIREMENT.findall(chosen):
        assert why and (state != "yes" or NODE.search(why)), number
    said = re.search(r"^\| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    states = [state.strip("*") for _number, state, _why in rows]
    counted = [states.count(state) for state in ("yes", "yes, no test", "partly", "not yet", "n/a")]
    assert said and [int(n) for n in said.groups()] == [*counted[:4], counted[4] + whole]


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        text = page.read_text("utf-8")
        named = set(re.findall(r"`make ([a-z]+)", text)) | set(re.findall(r"^ {4}make ([a-z]+)", text, re.MULTILINE))
        assert named <= targets, page


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("name", ["command.md", "errors.md", "fields.md"])
def test_the_reference_says_what_the_code_does(name: str) -> None:
    if name == "fields.md":
        furnish("nobody", "a password for tests only")
        text = make_reference.fields_page()
    else:
        text = make_reference.command_page() if name == "command.md" else make_reference.errors_page()
    assert (make_reference.PAGES / name).read_text("utf-8") == text, "run `make docs`"
    assert folder.is_open()


def test_commands_in_the_pages_exist() -> None:
    known = {" ".join(words[1:]).split(" ")[0] for words in make_reference.commands()} - {""}
    for page in PAGES:
        for words in re.findall(r"`tumen ([^`]*)`|^ {4}tumen (.*)$", page.read_text("utf-8"), re.MULTILINE):
            line = re.sub(r"--(archive|passphrase-file|key-file) \S+ ?", "", "".join(words)).split()
            assert not line or line[0] in known or line[0].startswith("-"), f"{page.name}: tumen {' '.join(line)}"


def test_images_are_small_and_all_used() -> None:
    used = "".join(page.read_text("utf-8") for page in PAGES)
    for image in (ROOT / "docs" / "images").glob("*"):
        assert image.stat().st_size < MOST_BYTES_OF_AN_IMAGE, image.name
        assert image.name in used, image.name


def test_the_repository_names_no_registry_and_no_machine() -> None:
    # Put together here, so that this file is not itself found.
    names = [
        "py" + "pi.org",
        "python" + "hosted",
        "npm" + "js.",
        "yarn" + "pkg",
        "/work" + "/",
        "/root" + "/",
        "/home" + "/",
    ]
    words = re.compile("|".join(map(re.escape, names)))
    for kind, path in tracked():
        assert kind != "120000", f"{path} is a link"
        if path.is_file() and path.suffix not in (".png", ".pdf", ".docx", ".gz", ".npz"):
            found = words.search(path.read_text("utf-8", errors="replace"))
            assert found is None, f"{path.relative_to(ROOT)}: {found and found[0]}"


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    def names(listed: list[str]) -> set[str]:
        return {re.split(r"[\[<>=~! ]", entry)[0].lower() for entry in listed}

    def locked(lock: str) -> set[str]:
        text = (ROOT / "requirements" / lock).read_text("utf-8")
        entries = [line for line in text.splitlines() if "==" in line]
        assert all(line.endswith("\\") for line in entries), "an entry without a hash"
        return names(entries)

    assert names(project["project"]["dependencies"]) <= locked("runtime.txt")
    assert names(project["dependency-groups"]["dev"]) | locked("runtime.txt") <= locked("dev.txt")
