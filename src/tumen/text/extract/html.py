"""Web pages: the main text without navigation, or the whole body when no main text stands out."""

import re
from html import unescape

import lxml.etree
import lxml.html
import trafilatura

from tumen.text.decode import NotText, decode
from tumen.text.extract.errors import Damaged, NoText, TooDeep, UnknownKind
from tumen.text.extract.kinds import HTML
from tumen.text.extract.model import Extraction
from tumen.text.extract.plain import encoding_warnings
from tumen.text.scripts import guess_language

_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)""", re.I)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")  # lxml refuses one in text that is already decoded
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_DATE_NAMES = {
    "article:published_time", "article:published", "date", "dc.date", "dc.date.issued", "dcterms.date",
    "dcterms.issued", "datepublished", "pubdate", "publishdate", "publish-date", "og:published_time",
}  # fmt: skip
_UNSEEN = {"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select", "button"}
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "dfn", "em", "font", "i", "kbd", "mark", "q", "rb", "rp", "rt",
    "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr", "del", "ins", "big",
}  # fmt: skip
_TOO_LITTLE = 0.25  # of the body's text: less than this, and the body is taken whole
_ENOUGH = 600  # characters of main text that stand for themselves, however long the body is


def read(data: bytes) -> Extraction:
    """The main text (trafilatura's judgement), the title, and the date the page declares in its head."""
    declared = _CHARSET.search(data[:4096])
    try:
        found = decode(data, declared[1].decode("ascii") if declared else None)
    except NotText as error:
        raise UnknownKind("The bytes are neither text nor a known kind of document.") from error
    source = _DECLARATION.sub("", found.text)
    parser = lxml.html.HTMLParser(no_network=True, huge_tree=False, recover=True, remove_comments=True)
    try:
        tree = lxml.html.document_fromstring(source, parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError) as error:
        raise Damaged("The page's markup cannot be read.") from error
    if any("Excessive depth" in entry.message for entry in parser.error_log):  # what is deeper was dropped
        raise TooDeep("The page's markup is nested too deeply.")

    title, published = _title(tree), _published(tree)
    body = _body_text(tree)
    if not body:
        raise NoText("The page has no text outside its scripts.")
    warnings = encoding_warnings(found.encoding, found.confidence, found.replaced)
    main = trafilatura.extract(source, include_comments=False, include_tables=True, output_format="txt") or ""
    too_little = len(main) < _ENOUGH and len(main) < _TOO_LITTLE * len(body)
    menus = {line for part in tree.xpath("//nav | //aside | //footer") for line in _body_text(part).split("\n") if line}
    everything = len(menus & set(main.split("\n"))) > len(menus) / 2  # trafilatura has given up telling them from text
    if too_little:
        main = body
    if too_little or everything:
        warnings.append("No main text stood out: the text is the whole page, with its menus and notices.")
    return Extraction(main, HTML, guess_language(main), found.encoding, [], title, published, warnings)


def _title(tree: lxml.html.HtmlElement) -> str:
    for path in ("//meta[@property='og:title']/@content", "//head/title/text()", "//h1//text()"):
        if (found := tree.xpath(path)) and (title := " ".join(str(found[0]).split())):
            return title
    return ""


def _published(tree: lxml.html.HtmlElement) -> str | None:
    for meta in tree.iter("meta"):
        names = {(meta.get(key) or "").lower() for key in ("name", "property", "itemprop")}
        content = unescape(meta.get("content") or "").strip()
        if names & _DATE_NAMES and _DATE.match(content):
            return content[:40]
    return None


def _body_text(tree: lxml.html.HtmlElement) -> str:
    """All text a reader of the page would see, a line for each block; without recursion, however deep the nesting."""
    lines: list[list[str]] = [[]]
    unseen = 0
    walk = lxml.etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _UNSEEN:
            unseen += 1 if event == "start" else -1
        if tag not in _INLINE:
            lines.append([])
        if event == "start" and not unseen and tag:
            lines[-1].append(element.text or "")
        elif event == "end" and not unseen:
            lines[-1].append(element.tail or "")
    joined = (" ".join("".join(pieces).split()) for pieces in lines)
    return "\n".join(line for line in joined if line)
