"""A coder at the bench, in words: what she selects, presses and chooses, with real clicks and keys in Chromium.

    coder.select(1454, 1500)
    coder.press("a")
    coder.choose("type", "liberty.sale.sold.marriage")
    coder.evidence("reason", 1536, 1560)
    coder.save()

`code` does a whole claim of a coded file (`services.coded_files`): its values are typed and chosen, words that it names
by their place are selected in the text, every reason for an empty field is set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page, expect

from tumen.coding import reference
from tumen.coding.kinds import KINDS, Field, Holds, Kind

PATIENCE_MS = 5000

# Where a stretch of the text stands on the screen, scrolled to a height where a pointer can drag over it.
_PLACE = """([start, end]) => {
  const walker = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
  const find = (at) => {
    walker.currentNode = document.querySelector("article");
    let before = 0;
    while (walker.nextNode()) {
      const length = walker.currentNode.data.length;
      if (at < before + length) return [walker.currentNode, at - before];
      before += length;
    }
  };
  const box = (at) => {
    const [node, offset] = find(at);
    const range = document.createRange();
    range.setStart(node, offset);
    range.setEnd(node, offset + 1);
    return range.getClientRects()[0];
  };
  scrollBy(0, box(start).top - 260);
  const [first, last] = [box(start), box(end - 1)];
  return [first.left + 0.5, first.top + first.height / 2, last.right - 0.5, last.top + last.height / 2];
}"""


_CHOSEN = "(one) => [...one.selectedOptions].map((each) => each.value)"
_INPUT = "input:not([type=hidden], .new-party), select:not([hidden], .gap), textarea"


class Coder:
    """One coder with the coding page of a source before her.

    Attributes:
        ids: what she recorded, by the `ref` it has in the file.
    """

    def __init__(self, page: Page, document: str) -> None:
        self.page, self.document = page, document
        self.page.set_default_timeout(PATIENCE_MS)
        self.ids: dict[str, str] = {}

    # The text.

    def select(self, start: int, end: int) -> None:
        """Drag the pointer over a stretch of the text; again when the page moved under it, as a hand would."""
        for _attempt in range(3):
            left, top, right, bottom = self.page.evaluate(_PLACE, [start, end])
            self.page.mouse.move(left, top)
            self.page.mouse.down()
            self.page.mouse.move(right, bottom, steps=2)
            self.page.mouse.up()
            selected = " ".join(self.page.evaluate("getSelection().toString()").split())
            if selected == self.words(start, end):
                return
        raise AssertionError(f"dragging from {start} to {end} selects {len(selected)} other characters")

    def words(self, start: int, end: int) -> str:
        """Return the words of a stretch on one line."""
        return " ".join(self.document[start:end].split())

    def press(self, key: str) -> None:
        """Press a key of the page."""
        self.page.keyboard.press(key)

    # The form.

    def begin(self, kind: Kind, start: int | None = None, end: int | None = None) -> None:
        """Open the form of a new claim: from selected words by its letter, or without any by n and its letter."""
        if start is None or end is None:
            self.press("n")
        else:
            self.select(start, end)
        self.press(kind.key)
        expect(self.page.locator(".claim-form [name=_kind]")).to_have_value(kind.slug)
        expect(self.page.locator(".claim-form :focus")).to_have_count(1)

    def save(self) -> None:
        """Save by key and wait for the answer."""
        self.press("Control+Enter")
        expect(self.page.locator("#claim-panel > .notice.good")).to_be_visible(timeout=PATIENCE_MS)

    def enter(self, name: str) -> None:
        """Go into a field, opening the part of the form it stands in."""
        inside = self.page.locator(f'[data-evidence="{name}"]')
        for closed in self.page.locator("details.form-group:not([open])").filter(has=inside).all():
            closed.locator("> summary").click()
        self._input(name).focus()

    def evidence(self, name: str, start: int, end: int) -> None:
        """Rest a field on a stretch of the text."""
        self.enter(name)
        self.select(start, end)
        self.press("e")

    def place(self, start: int, end: int) -> None:
        """Say where, in the words of the text."""
        self.select(start, end)
        self.press("w")
        expect(self._field("place_told").locator("input").first).to_have_value(self.words(start, end))

    def fill(self, name: str, text: str) -> None:
        """Type into a field."""
        self.enter(name)
        self._input(name).fill(text)

    def choose(self, name: str, value: str, label: str = "") -> None:
        """Choose from a list, or from a picker by typing `label`."""
        self.enter(name)
        if (picker := self._field(name).locator(".picker")).count() == 0:
            self._field(name).locator("select:not(.gap)").select_option(value)
            return
        picker.locator("input").press_sequentially(label)
        picker.locator("[role=option]").first.wait_for()
        for option in picker.locator("[role=option]").filter(has=self.page.get_by_text(label, exact=True)).all():
            option.click()
            if value in picker.locator("select").evaluate(_CHOSEN):
                return
            picker.locator("input").fill(label)
        raise AssertionError(f"the picker of {name} does not offer {value} for “{label}”")

    def say_why_empty(self, name: str, reason: str) -> None:
        """Go to the reason why a field is empty by key, choose one, and go back."""
        self.enter(name)
        self.press("Alt+n")
        gap = self._field(name).locator("select.gap")
        expect(gap).to_be_focused()
        gap.select_option(reason)

    def note(self, name: str, text: str) -> None:
        """Go to the note on a field by key and write it."""
        self.enter(name)
        self.press("Alt+m")
        expect(self._field(name).locator(".field-note textarea")).to_be_focused()
        self.page.keyboard.type(text)

    def _field(self, name: str) -> Any:
        return self.page.locator(f'.claim-form [data-evidence="{name}"]')

    def _input(self, name: str) -> Any:
        return self._field(name).locator(_INPUT).first

    # A whole claim of a coded file.

    def code(self, claim: Mapping[str, Any]) -> None:
        """Record one claim and remember it by its `ref`."""
        kind = KINDS[claim["kind"]]
        before = self._recorded()
        whole = [one[1:] for one in claim.get("evidence", ()) if one[0] == ""]
        self.begin(kind, *(whole[0] if whole else ()))
        for start, end in whole[1:]:
            self.page.locator(".whole-evidence").focus()
            self.select(start, end)
            self.press("e")
        self._fill_in(kind, claim, "")
        for part in kind.parts:
            for number, each in enumerate(claim.get("parts", {}).get(part.name, ())):
                self._fill_in(KINDS[part.kind], each, f"{part.name}-{number}-")
        self.save()
        (new,) = self._recorded() - before
        self.ids[claim.get("ref", "")] = new

    def _recorded(self) -> set[str]:
        return {str(one.get_attribute("data-claim")) for one in self.page.locator("#claims [data-claim]").all()}

    def _fill_in(self, kind: Kind, claim: Mapping[str, Any], prefix: str) -> None:
        held = claim.get("values", {})
        if "place_told" in held:
            self.place(*held["place_told"]["at"])
        for one in kind.fields:
            given = [held[name] for name in one.inputs if name in held]
            if given and one.name != "place_told":
                self._give(one, prefix, held)
        for name, reason in claim.get("gaps", {}).items():
            self.say_why_empty(prefix + name, reason)
        for name, start, end in claim.get("evidence", ()):
            chips = self._field(prefix + name).locator(f'.chip input[value$=":{start}-{end}"]')
            if name and chips.count() == 0:
                self.evidence(prefix + name, start, end)

    def _give(self, one: Field, prefix: str, held: Mapping[str, Any]) -> None:
        name, value = prefix + one.name, held.get(one.name)
        if isinstance(value, dict) and "at" in value:
            value = [value]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            if self._input(name).input_value() != self.words(*value[0]["at"]):  # a new party's form knows already
                for words in value:
                    self.evidence(name, *words["at"])
        elif isinstance(value, dict):
            self.choose(name, self.ids[value["ref"]])
        elif one.is_range:
            low, high = (held.get(each, "") for each in one.inputs)
            self.fill(name, low if low == high or not high else f"{low}-{high}")
        elif one.holds in (Holds.TERM, Holds.TERMS):
            for code in [value] if isinstance(value, str) else value or ():
                self.choose(name, code, reference.label(one.list, code))
        elif one.holds is Holds.PLACE:
            self._choose_place(name, str(value))
        elif one.holds is Holds.CHOICE:
            self.choose(name, str(value))
        else:
            self.fill(name, str(value))

    def _choose_place(self, name: str, code: str) -> None:
        offered = self.page.locator(f'#place-candidates input[value="{code}"]')
        if name == "place" and offered.count():
            offered.check()
        else:
            self.choose(name, code, reference.places().name(code, "en"))
