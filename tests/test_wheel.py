"""The wheel carries everything: `tumen demo` and `tumen serve` run from it without this checkout and without Node."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.workbench.running import Kept, environment, free_port, status, until

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "src/tumen/workbench/static/built"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout, unpacked."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed")
    if not (BUILT / "tumen.js").is_file():
        pytest.skip("the front end is not built; `make front` builds it")
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [file] = place.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        archive.extractall(place / "unpacked")
    return place / "unpacked"


def test_every_file_that_is_not_code_is_in_the_wheel(wheel: Path) -> None:
    files = [path for path in (ROOT / "src/tumen").rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    source = {path.relative_to(ROOT / "src") for path in files}
    packed = {path.relative_to(wheel) for path in wheel.rglob("*") if path.is_file()}
    assert sorted(str(path) for path in source - packed if path.suffix != ".py") == []
    words = {path.with_suffix("") for path in packed if path.suffix == ".po"}
    assert words == {path.with_suffix("") for path in packed if path.suffix == ".mo"}, "run `make messages`"
    assert (wheel / "tumen-0.1.0.dist-info/licenses/LICENSE").is_file()


def test_an_archive_is_made_and_served_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "demo", tmp_path / "passphrase")
    nothing_else = {**environment(), "PYTHONPATH": str(wheel), "PATH": "/nowhere"}

    def run(*words: str) -> list[str]:
        # The checkout's own link in site-packages stands behind the wheel; this makes sure that it does.
        code = f"import tumen, tumen.__main__ as m; assert tumen.__file__.startswith({str(wheel)!r}); m.main()"
        return [sys.executable, "-c", code, *words]

    made = run("demo", str(kept.path), "--acts", "500", "--write-passphrase", str(kept.passphrase_file))
    subprocess.run(made, env=nothing_else, cwd=tmp_path, check=True, capture_output=True)
    port = free_port()
    server = subprocess.Popen(
        run(*kept.options(), "serve", "--port", str(port)), env=nothing_else, cwd=tmp_path, stdout=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        assert until(lambda: status(f"{address}/accounts/login/") == 200)
        for file in ("tumen.css", "css/base.css", "icon.svg", "built/tumen.js", "built/htmx.min.js"):
            assert status(f"{address}/static/{file}") == 200, file
    finally:
        server.terminate()
        server.wait(15)
