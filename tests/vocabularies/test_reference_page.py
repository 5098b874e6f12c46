"""The reference page lists what there is."""

import re
from pathlib import Path

from tumen.vocabularies import load

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "vocabularies.md"


def test_the_page_lists_every_list_with_its_titles_and_size() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| (\d+) \| (\d) \|$", PAGE.read_text("utf-8"), re.M
    )
    assert rows == [
        (
            each.code,
            *(each.title.own(lang) for lang in ("en", "ko", "zh")),
            str(len(each)),
            str(max(term.level for term in each)),
        )
        for each in load()
    ]


def test_the_page_describes_every_scheme_that_terms_point_to() -> None:
    schemes = {scheme for each in load() for term in each for scheme in term.crosswalks}
    described = set(re.findall(r"^\| `(\w+)` \| (?:the list|code numbers|values)", PAGE.read_text("utf-8"), re.M))
    assert schemes == described
