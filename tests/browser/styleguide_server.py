"""Serves frontend/styleguide.html under Tumen's Content-Security-Policy, with stand-ins for the islands' endpoints.

To look at it by hand: ``python tests/browser/styleguide_server.py`` and open the printed address.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src/tumen/workbench/static"
# data: is for the empty favicon of the style page alone; the application serves its own icon.
POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; frame-ancestors 'none'"
TYPES = {".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".html": "text/html"}
PLACES = [
    {"value": n, "label": f"Village {n}", "labels": [f"{n}리"], "path": "North Hamgyong › Onsong"} for n in range(1200)
]
TERMS = [
    {"value": "1", "label": "Pregnant", "labels": ["임신"], "favourite": True},
    {"value": "2", "label": "Minor", "labels": ["미성년"]},
    {"value": "3", "label": "Detained", "labels": ["구금"], "definition": "Held by an authority at the time."},
]
FORM = """<form class="form" method="post" id="claim-form"><h3>New {kind}, {start}-{end}</h3>
<div class="field" data-evidence="who"><label for="claim-who">By whom</label>
<input id="claim-who" name="who" autofocus></div>
<button class="button primary">Save</button></form>
<script type="application/json" id="passages-zh" hx-swap-oob="true">[{{"id": 99, "start": 0, "end": 4,
"claims": [{{"id": 990, "kind": "act", "label": "added"}}]}}]</script>"""


class Handler(BaseHTTPRequestHandler):
    """Answers as the real server is asked to; what it received is kept for the tests in `server.received`."""

    protocol_version = "HTTP/1.1"
    server: "StyleguideServer"

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path == "/":
            self.answer(200, (ROOT / "frontend/styleguide.html").read_bytes(), "text/html")
        elif path.startswith("/static/") and (STATIC / path.removeprefix("/static/")).is_file():
            file = STATIC / path.removeprefix("/static/")
            self.answer(200, file.read_bytes(), TYPES[file.suffix])
        elif path == "/claims/new":
            self.server.received.append(("claim", {name: values[0] for name, values in query.items()}))
            form = FORM.format(kind=query["kind"][0], start=query["start"][0], end=query["end"][0])
            self.answer(200, form.encode(), "text/html")
        elif path == "/places":
            wanted = query.get("q", [""])[0].lower()
            fitting = [
                place for place in PLACES if wanted in str(place["label"]).lower() or wanted in place["labels"][0]
            ]
            self.answer_json({"options": fitting[:50], "more": max(len(fitting) - 50, 0)})
        elif path == "/terms":
            self.answer_json({"options": TERMS})
        elif path == "/neutral":
            self.answer(200, b'<link rel="icon" href="data:,"><title>Weather</title><h1>Weather</h1>', "text/html")
        else:
            self.answer(404, b"not here", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/drafts"):
            self.server.received.append(("draft", dict(parse_qs(body.decode()).items())))
            self.answer(503 if self.server.drafts_fail else 204, b"", "text/plain")
        elif self.path == "/uploads":
            size = int(self.headers["Upload-Length"])
            if size == 0:
                self.answer(400, b"The file is empty. Choose another one.", "text/plain")
                return
            number = len(self.server.uploads)
            self.server.uploads.append(bytearray())
            self.server.sizes.append(size)
            self.answer(201, b"", "text/plain", {"Location": f"/uploads/{number}"})
        else:
            self.answer(404, b"not here", "text/plain")

    def do_HEAD(self) -> None:
        data = self.server.uploads[int(self.path.rsplit("/", 1)[1])]
        self.answer(200, b"", "text/plain", {"Upload-Offset": str(len(data))})

    def do_PATCH(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        number = int(self.path.rsplit("/", 1)[1])
        data = self.server.uploads[number]
        if int(self.headers["Upload-Offset"]) != len(data):
            self.answer(409, b"Another offset was expected.", "text/plain")
            return
        if self.server.break_next_chunk:
            self.server.break_next_chunk = False
            data.extend(body[: len(body) // 2])
            self.answer(503, b"", "text/plain")
            return
        data.extend(body)
        headers = {"Upload-Offset": str(len(data))}
        if len(data) == self.server.sizes[number]:
            self.answer_json(
                {"url": "#taken", "title": "A taken-in source", "note": "Taken in as source S 12"}, headers
            )
        else:
            self.answer(204, b"", "text/plain", headers)

    def answer_json(self, body: object, headers: dict[str, str] | None = None) -> None:
        self.answer(200, json.dumps(body).encode(), "application/json", headers)

    def answer(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Security-Policy", POLICY)
        if status != 204:
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing: the tests look at `received`."""


class StyleguideServer(ThreadingHTTPServer):
    """The server and what it remembers."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.received: list[tuple[str, dict[str, object]]] = []
        self.uploads: list[bytearray] = []
        self.sizes: list[int] = []
        self.drafts_fail = False
        self.break_next_chunk = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


@contextmanager
def running() -> Iterator[StyleguideServer]:
    server = StyleguideServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    with StyleguideServer(port=8123) as by_hand:
        print(by_hand.address)  # noqa: T201
        by_hand.serve_forever()
