"""Make the pictures of the README and the guide anew, from a demonstration archive.

    python scripts/make_screenshots.py --archive demo/archive --passphrase-file demo/archive.passphrase
    python scripts/make_screenshots.py ... --all /tmp/shots     # every page, language and width, to look at

`make run` makes such an archive. What the documents show is made: `images/table-ko-390.png` is the page `table` in
Korean, 390 pixels wide; without a language it is English, without a width 1280. Needs the front end, Chromium and
playwright.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
LANGUAGES = {"en": "en", "ko": "ko", "zh": "zh-hans"}
SIZES = {1280: 800, 390: 844}
COLOURS = 256
PIXELS = """async (png) => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  let text = "";
  for (const byte of context.getImageData(0, 0, image.width, image.height).data) text += String.fromCharCode(byte);
  return [image.width, image.height, btoa(text)];
}"""


def acts(page: Page, language: str) -> None:
    """The list of acts with its filters; on a phone the list alone."""
    page.goto("/lists/acts/?type=liberty.sale&sex=female")
    if page.viewport_size and page.viewport_size["width"] < 600:
        page.locator("table, .rows").first.scroll_into_view_if_needed()


def coding(page: Page, language: str) -> None:
    """A source in the language of the page, with its claims."""
    page.goto(f"/lists/sources/?language={language}&kind=interview&acts_coded=5/8")
    page.locator("a.row-link").nth(3).click()
    page.locator("a[href$='/code/']").first.click()


def figures(page: Page, language: str) -> None:
    """The register of figures."""
    page.goto("/figures/")


def table(page: Page, language: str) -> None:
    """Acts by type and period."""
    page.goto("/tables/ready/T6/")


def consent(page: Page, language: str) -> None:
    """What may be used of the acts, and why the others may not be published."""
    page.goto("/consent/?unit=acts&purpose=reporting&audience=public&grain=coded")


def vocabulary(page: Page, language: str) -> None:
    """A term with its definition, what it includes and excludes, and what counts as one."""
    page.goto("/vocabularies/act_type/?q=liberty.sale.sold.marriage")
    page.locator("ul.terms summary").first.click()


PAGES: dict[str, Callable[[Page, str], None]] = {
    shot.__name__: shot for shot in (acts, coding, consent, figures, table, vocabulary)
}


def shown() -> list[tuple[str, str, int]]:
    """Return page, language and width of every picture that a document shows."""
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    text = "".join(document.read_text("utf-8") for document in documents)
    names = sorted(set(re.findall(r"images/(\w+)(?:-(ko|zh))?(?:-(390))?\.png", text)))
    return [(page, language or "en", int(width or 1280)) for page, language, width in names]


def name_of(page: str, language: str, width: int) -> str:
    """Return the file name of a picture."""
    return (
        "-".join([page, *([language] if language != "en" else []), *([str(width)] if width != 1280 else [])]) + ".png"
    )


def indexed(width: int, height: int, rgba: bytes) -> bytes:
    """Return an indexed PNG: the commonest colours stay as they are, every other becomes the nearest of them."""
    pixels = np.frombuffer(rgba, np.uint8).reshape(-1, 4)[:, :3].astype(np.int32)
    packed = (pixels[:, 0] << 16) | (pixels[:, 1] << 8) | pixels[:, 2]
    colours, where, counts = np.unique(packed, return_inverse=True, return_counts=True)
    rgb = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1)
    palette = rgb[np.argsort(-counts)[:COLOURS]]
    nearest = np.array([((palette - colour) ** 2).sum(axis=1).argmin() for colour in rgb], np.uint8)
    rows = nearest[where].reshape(height, width)
    lines = np.hstack([np.zeros((height, 1), np.uint8), rows]).tobytes()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", head), chunk(b"PLTE", palette.astype(np.uint8).tobytes()),
         chunk(b"IDAT", zlib.compress(lines, 9)), chunk(b"IEND", b"")]
    )  # fmt: skip


def take(wanted: list[tuple[str, str, int]], folder: Path, address: str) -> None:
    """Make the pictures in `folder`, as the demonstration's user sees the pages at `address`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        canvas = browser.new_page()
        for name, language, width in wanted:
            context = browser.new_context(base_url=address, viewport={"width": width, "height": SIZES[width]})
            page = context.new_page()
            page.goto("/accounts/login/")
            page.fill("#id_login", "demo")
            page.fill("#id_password", "fictional-demo")
            page.press("#id_password", "Enter")
            page.wait_for_load_state("networkidle")
            context.add_cookies([{"name": "django_language", "value": LANGUAGES[language], "url": address}])
            PAGES[name](page, language)
            page.wait_for_load_state("networkidle")
            picture = base64.b64encode(page.screenshot()).decode()
            wide, high, pixels = canvas.evaluate(PIXELS, picture)
            path = folder / name_of(name, language, width)
            path.write_bytes(indexed(wide, high, base64.b64decode(pixels)))
            sys.stderr.write(f"{path} {path.stat().st_size // 1024} kB\n")
            context.close()
        browser.close()


def main() -> None:
    """Serve the archive, make the pictures, stop serving."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--passphrase-file", type=Path, required=True)
    parser.add_argument("--all", type=Path, metavar="DIR", help="make every page in every language and width there")
    asked = parser.parse_args()
    wanted = (
        [(page, language, width) for page in PAGES for language in LANGUAGES for width in SIZES]
        if asked.all
        else shown()
    )
    folder = asked.all or IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tumen", "--archive", str(asked.archive)]
    command += ["--passphrase-file", str(asked.passphrase_file), "serve", "--port", str(port)]
    with subprocess.Popen(command) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}", server)
            take(wanted, folder, f"http://127.0.0.1:{port}")
        finally:
            server.terminate()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; exit when it went away or takes more than a minute."""
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/accounts/login/").close()  # noqa: S310 (our own server)
            return
        except urllib.error.URLError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    sys.exit("The archive could not be served; what it said stands above.")


if __name__ == "__main__":
    main()
