"""Word documents (DOCX): paragraphs and tables in their order, then footnotes and endnotes.

The XML is read directly, since python-docx knows no footnotes and would load pictures as well. What is left out is
said: tracked deletions, comments; running heads and page numbers are no part of the text.
"""

from collections.abc import Iterator

from lxml import etree

from tumen.text.extract.errors import Damaged, NoText, TooDeep, UnknownKind, Unsafe
from tumen.text.extract.kinds import DOCX
from tumen.text.extract.model import Extraction, Limits
from tumen.text.extract.sentences import IS_KIND
from tumen.text.extract.zips import Container
from tumen.text.scripts import guess_language

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT_W = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MAIN = "word/document.xml"
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_SKIPPED = {"del", "moveFrom", "pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "instrText", "delText"}
_NOTES = (("footnote", "word/footnotes.xml", ""), ("endnote", "word/endnotes.xml", "e"))
_OTHERS = {"xl/workbook.xml": "a spreadsheet (XLSX)", "ppt/presentation.xml": "a presentation (PPTX)",
           "Contents/content.hpf": "a Hangul document (HWPX)"}  # fmt: skip


def read(data: bytes, limits: Limits) -> Extraction:
    """The text: a paragraph a line, table cells separated by tabs, notes marked [1] and listed at the end."""
    container = Container(data, limits)
    names = container.names()
    if _MAIN not in names:
        what = next(
            (what for part, what in _OTHERS.items() if part in names), "a ZIP container without a Word document"
        )
        raise UnknownKind(IS_KIND.format(kind=what))
    warnings: list[str] = []
    root = _parsed(container, _MAIN)
    lines = list(_lines(root))
    for kind, part, prefix in _NOTES:
        if part in names:
            lines += _notes(_parsed(container, part), kind, prefix)
    if _has(root, "del", "moveFrom"):
        warnings.append("The document has tracked changes: deleted words are left out, inserted words are kept.")
    if "word/comments.xml" in names:
        warnings.append("The document has comments, which are no part of the text.")
    text = "\n".join(lines).strip("\n")
    if not text.strip():
        raise NoText("The document has no text; it may hold pictures only.")
    title = _title(container) if "docProps/core.xml" in names else ""
    return Extraction(text, DOCX, guess_language(text), "", [], title, None, warnings)


def _parsed(container: Container, part: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(container.xml(part).replace(_STRICT_W[1:-1].encode(), _W[1:-1].encode()), parser)
    except etree.XMLSyntaxError as error:
        failure = TooDeep if "Excessive depth" in str(error) else Damaged
        raise failure(where=part) from error
    if root.getroottree().docinfo.internalDTD is not None:  # one that was hidden from `Container.xml` by an encoding
        raise Unsafe("It declares XML entities, which no document of this kind needs.", where=part)
    return root


def _lines(root: etree._Element) -> Iterator[str]:
    """Lines of text in document order. One walk without recursion, however deep tables and boxes are nested."""
    line: list[str] = []
    cells: list[list[str]] = []  # of every row that is open, outermost first
    skip: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if skip is not None:
            if event == "end" and element is skip:
                skip = None
            continue
        name = element.tag[len(_W) :] if isinstance(element.tag, str) and element.tag.startswith(_W) else ""
        if event == "start":
            if name in _SKIPPED or element.tag == _FALLBACK:
                skip = element
            elif name == "t":
                line.append(element.text or "")
            elif name in _BREAKS:
                line.append(_BREAKS[name])
            elif name in {"footnoteReference", "endnoteReference"}:
                line.append(f"[{'e' if name[0] == 'e' else ''}{element.get(_W + 'id')}]")
            elif name == "tr":
                cells.append([])
            elif name == "tc" and cells:
                cells[-1].append("")
        elif name == "p":
            text, line = "".join(line), []
            if cells and cells[-1]:
                cells[-1][-1] += (" " if cells[-1][-1] and text else "") + text.replace("\n", " ").replace("\t", " ")
            else:
                yield from text.split("\n")
        elif name == "tr" and cells:
            row = "\t".join(cells.pop())
            if cells and cells[-1]:
                cells[-1][-1] += " " + row.replace("\t", " ")
            else:
                yield row


def _notes(root: etree._Element, kind: str, prefix: str) -> Iterator[str]:
    for note in root.iter(_W + kind):
        if note.get(_W + "type") in {None, "normal"}:
            yield f"[{prefix}{note.get(_W + 'id')}] " + " ".join(" ".join(_lines(note)).split())


def _has(root: etree._Element, *names: str) -> bool:
    return any(next(root.iter(_W + name), None) is not None for name in names)


def _title(container: Container) -> str:
    root = _parsed(container, "docProps/core.xml")
    found = root.findtext("{http://purl.org/dc/elements/1.1/}title")
    return " ".join((found or "").split())
