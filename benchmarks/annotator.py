"""Measures the annotator against @recogito/text-annotator: 100 kB of text, 1,000 passages, a strict policy.

Run from the repository root after building the front end: ``python benchmarks/annotator.py``. Recogito is measured when
it is in frontend/node_modules (``npm install --no-save @recogito/text-annotator@4.1.1``); the application does not
use it (docs/decisions/annotator.md). Prints medians of five, in milliseconds, and what the policy refused.
"""

import json
import random
import statistics
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FRONT = ROOT / "frontend"
STATIC = ROOT / "src/tumen/workbench/static"
POLICY = "default-src 'self'; style-src 'self'; script-src 'self'"
SENTENCES = [
    "그 여자는 2011년 겨울 밤에 강을 건넜다. ",
    "She was sold for eight thousand yuan in the spring. ",
    "那家人把她的鞋藏了起来。",
]
KINDS = ["act", "party", "figure", "quotation", "life-event", "practice-statement", "place", "date"]
ROUNDS = 5
RECOGITO = """
import {{ createTextAnnotator }} from "@recogito/text-annotator";
const article = document.getElementById("text");
const passages = JSON.parse(document.getElementById("passages").textContent);
const before = performance.now();
const annotator = createTextAnnotator(article, {{ renderer: "{renderer}" }});
const text = article.textContent;
const annotationOf = ({{ id, start, end }}) => ({{ id: "p" + id, bodies: [], target: {{ annotation: "p" + id,
  selector: [{{ start, end, quote: text.slice(start, end) }}] }} }});
annotator.setAnnotations(passages.map(annotationOf));
const root = document.documentElement;
requestAnimationFrame(() => setTimeout(() => {{ root.dataset.ready = performance.now() - before; }}));
"""


def page_of(script: str) -> str:
    """A page with the text, its passages and one script."""
    chance = random.Random(1)
    text = ""
    while len(text.encode()) < 100_000:
        text += chance.choice(SENTENCES) + ("\n\n" if chance.random() < 0.1 else "")
    passages = []
    for number in range(1000):
        start = chance.randrange(len(text) - 80)
        claims = [{"id": number, "kind": chance.choice(KINDS), "label": "x"}]
        passages.append({"id": number, "start": start, "end": start + chance.randrange(5, 80), "claims": claims})
    return f"""<!doctype html><meta charset=utf-8><link rel=icon href=/icon><link rel=stylesheet href=/tumen.css>
<body><article class=testimony id=text lang=ko data-annotator data-passages=passages>{text}</article>
<script type=application/json id=passages>{json.dumps(passages)}</script>
<script type=module src=/{script}></script>"""


def serve(scripts: dict[str, bytes]) -> ThreadingHTTPServer:
    """Serve the page of each script under the policy."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            if name.startswith("page-"):
                body, kind = page_of(name.removeprefix("page-")).encode(), "text/html; charset=utf-8"
            elif name in scripts:
                body, kind = scripts[name], "text/javascript"
            elif name.endswith(".css"):
                body, kind = (STATIC / name).read_bytes(), "text/css"
            else:
                body, kind = b"", "text/plain"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def measure(browser: Browser, address: str) -> dict[str, object]:
    """Milliseconds: script start to shown, wheel scrolling per frame, pointer move to next frame."""
    rows: dict[str, list[float]] = {"mount and show": [], "slowest scroll frame": [], "pointer move": []}
    refused = 0
    for _ in range(ROUNDS):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        messages: list[str] = []
        page.on("console", lambda message, into=messages: into.append(message.text))
        page.goto(address)
        page.locator("html[data-ready]").wait_for(timeout=60_000)
        rows["mount and show"].append(float(page.evaluate("document.documentElement.dataset.ready")))
        rows["slowest scroll frame"].append(
            page.evaluate(
                """() => new Promise((done) => { let frame = 0, last = performance.now(), worst = 0;
                const step = (now) => { worst = Math.max(worst, now - last); last = now; window.scrollBy({top: 400,
                behavior: 'instant'}); if (++frame < 40) requestAnimationFrame(step); else done(worst); };
                requestAnimationFrame((now) => { last = now; requestAnimationFrame(step); }); })"""
            )
        )
        page.wait_for_timeout(300)
        moves = page.evaluate(
            """async () => { const took = []; const article = document.getElementById('text');
            for (let i = 0; i < 40; i++) { const x = 60 + i * 12, y = 100 + i * 15;
              const before = performance.now();
              article.dispatchEvent(new PointerEvent('pointermove', {pointerType: 'mouse', clientX: x, clientY: y,
                bubbles: true}));
              took.push(performance.now() - before);
              await new Promise((done) => requestAnimationFrame(done)); }
            return took.sort((a, b) => a - b)[36]; }"""
        )
        rows["pointer move"].append(moves)
        refused += sum("Content Security Policy" in message for message in messages)
        page.close()
    return {name: round(statistics.median(values), 1) for name, values in rows.items()} | {"refused": refused // ROUNDS}


def bundle(source: Path) -> bytes:
    """The script and what it imports, as one."""
    command = ["node_modules/.bin/esbuild", str(source), "--bundle", "--format=esm", "--minify", "--log-level=error"]
    return subprocess.run(command, cwd=FRONT, check=True, capture_output=True).stdout


def main() -> None:
    """Measure each and print a line for it."""
    shown = b"requestAnimationFrame(() => setTimeout(() => root.dataset.ready = performance.now() - before));"
    start = b"const before = performance.now(), root = document.documentElement;"
    own = b"\n".join([start, (STATIC / "built/tumen.js").read_bytes(), shown])
    # The bundle says it is ready before anything is painted; here that word waits for the next frame.
    scripts = {"own.js": own.replace(b'document.documentElement.dataset.ready=""', b"0")}
    if (FRONT / "node_modules/@recogito/text-annotator").exists():
        for renderer in ("SPANS", "CSS_HIGHLIGHTS"):
            source = FRONT / f".bench-{renderer}.js"
            source.write_text(RECOGITO.format(renderer=renderer))
            scripts[f"{renderer}.js"] = bundle(source)
            source.unlink()
    server = serve(scripts)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for name in scripts:
            address = f"http://127.0.0.1:{server.server_address[1]}/page-{name}"
            print(f"{name:20}", measure(browser, address))
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
