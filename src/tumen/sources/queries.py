"""Reading sources: only what the mask allows, the rest as if it were not there."""

from __future__ import annotations

from tumen.archive import versions
from tumen.columns import ALL, Mask
from tumen.guard import reading
from tumen.sources.errors import NotVisible
from tumen.sources.models import Original, Passage, Source, Text


def get_source(mask: Mask, number: int) -> Source:
    """Return a source; raises NotVisible."""
    source = versions.visible(Source.objects.filter(pk=number)).first()
    if source is None or not allows(mask, source.compartment_id):
        raise NotVisible(f"There is no source {number}.")
    return source


def allows(mask: Mask, compartment: int) -> bool:
    """Say whether the mask shows rows of this compartment."""
    return mask.compartments is ALL or compartment in mask.compartments  # type: ignore[operator]


def texts(source: Source) -> list[Text]:
    """Return the renditions of a source, oldest first."""
    return list(versions.visible(Text.objects.filter(source=source.pk)).order_by("pk"))


def current_text(source: Source) -> Text | None:
    """Return the rendition that coders work on: the newest transcript, or what was read from the file."""
    kinds = (Text.Rendition.TRANSCRIPT, Text.Rendition.READ, Text.Rendition.OCR)
    found = [text for text in texts(source) if text.rendition in kinds]
    return max(found, key=lambda text: (text.rendition == Text.Rendition.TRANSCRIPT, text.pk), default=None)


def body(mask: Mask, text: Text) -> reading.Shown:
    """Return a text's body as this mask shows it."""
    return reading.read_one(mask, text, "body")


def passages(text: Text) -> list[Passage]:
    """Return the passages of a text in reading order."""
    return list(versions.visible(Passage.objects.filter(text=text.pk)).order_by("start", "end"))


def originals(source: Source) -> list[Original]:
    """Return the files a source came as."""
    return list(versions.visible(Original.objects.filter(source=source.pk)).order_by("pk"))
