"""Every address of the workbench, with every value that could open something."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter
from tests.guard.secrets import Sown

from tumen.archive import states
from tumen.archive.models import Batch, Change, Job
from tumen.coding.models import Coding, Draft
from tumen.formats import NAMES
from tumen.guard.models import User
from tumen.sources.models import Source, Upload

WORDS = {"unit": ["acts", "persons", "sources", "figures", "interviews"], "form": [*NAMES, "act-new-1"],
         "list_code": ["act_type", "nkdb"], "name": ["T1", "T4", "T8"], "slug": ["act"],
         "key": ["a-b"], "uidb36": ["a"]}  # fmt: skip
PARTS = {"counting:facet", "jobs", "coding:new", "coding:edit", "coding:panel", "sources:arrived"}
"""Pages that answer htmx with a part of themselves."""
LEAVING = {"leave", "lock", "account_logout"}
"""Pages that end or lock the login; they are asked once, by themselves."""


def addresses(sown: Sown) -> Iterator[tuple[str, str]]:
    """Yield (name of the page, path) for every pattern and every value of its parameters that could mean something."""
    numbers = sorted({row.pk for part in (sown, sown.beside) if part for row in part.rows})
    beside = {"stop-job": Job, "coding:undo_batch": Batch, "guard:user": User}
    seqs = list(Change.objects.values_list("seq", flat=True))
    sources = list(Source.objects.values_list("pk", flat=True))
    for name, route, converters in patterns(get_resolver().url_patterns):
        choices: list[list[object]] = []
        for parameter, converter in converters.items():
            if parameter == "seq":
                choices.append([*seqs])
            elif name in beside:
                choices.append([*beside[name].objects.values_list("pk", flat=True)])
            elif not isinstance(converter, IntConverter):
                choices.append([*WORDS.get(parameter, sown.tokens)])
            else:
                choices.append([*(sources if len(converters) > 1 and not choices else numbers)])
        for values in product(*choices):
            path = route
            for parameter, value in zip(converters, values, strict=True):
                path = path.replace(f"<{parameter}>", str(value))
            yield name, path


def patterns(
    listed: list[URLPattern | URLResolver],
    before: str = "",
    known: dict[str, object] | None = None,
    space: str = "",
) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Yield (name as in `{% url %}`, route with <parameters>, converters) of every pattern below."""
    for each in listed:
        route = str(each.pattern)
        converters = {**(known or {}), **getattr(each.pattern, "converters", {})}
        groups = getattr(getattr(each.pattern, "regex", None), "groupindex", {})
        if not hasattr(each.pattern, "_route"):
            converters |= dict.fromkeys(groups)
            route = "" if not route.strip("^$") else "/".join(f"<{name}>" for name in groups) or route.strip("^$")
        route = re.sub(r"<\w+:(\w+)>", r"<\1>", route)
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from patterns(each.url_patterns, before + route, converters, inner)
        else:
            yield space + (each.name or ""), "/" + before + route, converters


def queries(sown: Sown, name: str) -> list[str]:
    """Return the questions that a page is asked with."""
    space, _colon, name = name.rpartition(":")
    if space == "counting" and name in ("list", "export", "facet", "table", "figures", "export_table", "ready"):
        newest = Change.objects.order_by("-seq").values_list("seq", flat=True)[0]
        table = "unit=acts&dims=type:1" if "table" in name else "dim=sex"
        where = "unit=acts&dims=place" if "table" in name else "dim=place"
        consent = "purpose=reporting&audience=public&grain=named"
        asked = [table, f"{table}&q={sown.tokens[0]}", f"{table}&asof={newest - 1}&columns=victim,source", where]
        asked += [f"{table}&{consent}", f"{table}&{consent}&because=refused"]
        return asked if name == "facet" else [*asked, f"{table}&place={sown.place}&columns=place,origin,victim"]
    if space == "counting" and name == "consent":
        return ["", "unit=persons&purpose=reporting&audience=public&grain=named"]
    if name == "new":
        return [f"kind={slug}" for slug in ("act", "party", "quotation", "interview")] + [
            "draft=act-new-1",
            "kind=act&copy=1",
        ]
    if name == "source":
        return ["", f"coding={sown.one(Coding).pk}"]
    if space == "coding" and name == "edit":
        return ["", "draft=1"]
    return [""]


def said(response: object) -> str:
    """Return everything a response says: status, headers, cookies, body; the inside of an XLSX too."""
    body = b"".join(response) if getattr(response, "streaming", False) else response.content  # type: ignore[attr-defined,call-overload]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            body = b"\n".join(file.read(entry) for entry in file.namelist())
    assert response.status_code < 500, response.request["PATH_INFO"]  # type: ignore[attr-defined]
    headers = "\n".join(f"{key}: {value}" for key, value in response.headers.items())  # type: ignore[attr-defined]
    cookies = str(response.cookies)  # type: ignore[attr-defined]
    return f"{headers}\n{cookies}\n{body.decode('utf-8', 'replace')}".casefold()


def few(listed: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Keep two addresses of each page: enough to see whether it asks for a login at all."""
    kept: Counter[str] = Counter()
    for name, path in listed:
        kept[name] += 1
        if kept[name] <= 2:
            yield name, path


def walk(sown: Sown, client: Client, asked: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (what was asked, everything the answer said) for addresses, by GET, GET of a part, and POST."""
    form = {"coding": str(sown.one(Coding).pk), "next": "/", "why": "walked", "body": "walked", "text": "walked"}
    for name, path in asked:
        if name in LEAVING:
            continue
        yield from looks(sown, client, name, path)
        yield f"POST {path}", said(client.post(path, form))


def answer_to(client: Client, asked: str) -> str:
    """Return everything that is said when one of the `looks` is asked again."""
    how, _space, address = asked.partition(" ")
    return said(client.get(address, headers={"HX-Request": "true"} if how == "part" else {}))


def looks(sown: Sown, client: Client, name: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield (what was asked, everything the answer said) for the ways of looking at one address."""
    for query in queries(sown, name):
        answer = client.get(f"{path}?{query}")
        yield f"GET {path}?{query}", said(answer)
        if answer.status_code == 404 and not query:
            return
    if name in PARTS:
        address = f"{path}?{queries(sown, name)[0]}"
        yield f"part {address}", said(client.get(address, headers={"HX-Request": "true"}))


def standing(sown: Sown) -> list[object]:
    """What must be the same after somebody without the right to write asked for everything."""
    return [
        [states.state_of(type(row)._base_manager.get(pk=row.pk)) for row in sown.rows],
        list(Job.objects.values_list("pk", "state", "stop")),
        list(Batch.objects.values_list("pk", "state")),
        list(Upload.objects.values_list("pk", "state")),
        list(Draft.objects.values_list("pk", "saved")),
    ]
