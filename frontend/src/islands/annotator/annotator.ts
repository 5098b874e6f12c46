/**
 * The annotator: shows coded passages in a text, links them with their claims, and turns a selection, made by pointer or
 * keyboard, into a new claim. Contract: docs/reference/frontend.md; why own code: docs/decisions/annotator.md.
 */
import { dialogIsOpen, isField, toast } from "../../lib/dom";
import { keyName } from "../../lib/keymap";
import { t } from "../../lib/messages";
import { Positions } from "../../lib/positions";
import { Segments, type Selected, type Unit } from "../../lib/segments";
import { Bar, choices, type Choice } from "./bar";
import { addEvidence, followEvidenceTarget } from "./evidence";
import { KINDS, overlaps, passagesAt, readPassages, type Passage, type Stretch } from "./passages";
import { Painter } from "./painter";
import { TextMap } from "./text-map";

const HOVER_SCROLL_MS = 250;
const CONTROLS = "a, button, input, select, textarea, summary";
let followsEvidence = false;

export function mountAnnotator(article: HTMLElement): void {
  if (!followsEvidence) followEvidenceTarget();
  followsEvidence = true;
  new Annotator(article);
}

class Annotator {
  private readonly map: TextMap;
  private readonly positions: Positions;
  private readonly segments: Segments;
  private readonly painter: Painter;
  private readonly bar: Bar;
  private passages: Passage[] = [];
  private json: string | undefined;
  private selected: Selected | undefined;
  private hovered = "";
  private dragging = false;
  private scrollTimer = 0;
  private readonly stop = new AbortController();

  constructor(private readonly article: HTMLElement) {
    this.map = new TextMap(article);
    this.positions = new Positions(this.map.text);
    this.segments = new Segments(this.map.text, article.lang || document.documentElement.lang);
    this.painter = new Painter(this.map);
    this.bar = new Bar((choice) => this.choose(choice));
    if (!article.hasAttribute("tabindex")) article.tabIndex = 0;
    this.checkLength();
    this.load();
    this.listen();
  }

  /** A text that the browser changed on the way would put every passage in the wrong place: say so instead. */
  private checkLength(): void {
    const told = this.article.dataset["length"];
    if (told !== undefined && Number(told) !== this.positions.length) {
      toast(t("This text did not arrive as stored ({there} of {told} characters). Passages may be misplaced: do not code it, tell your administrator.", { there: this.positions.length, told }), "bad");
    }
    if (!Painter.supported()) {
      toast(t("This browser cannot show coded passages. Use Firefox 140, Chrome 105, Safari 17.2 or newer."), "bad");
    }
  }

  private load(): void {
    const json = document.getElementById(this.article.dataset["passages"] ?? "")?.textContent ?? "";
    if (json === this.json) return;
    this.json = json;
    this.passages = readPassages(json, this.positions);
    for (const kind of KINDS) {
      this.painter.paint(kind, this.passages.filter((passage) => passage.claims.some((claim) => claim.kind === kind)));
    }
    this.painter.paint("overlap", overlaps(this.passages));
  }

  private listen(): void {
    const signal = this.stop.signal;
    this.article.addEventListener("pointermove", (event) => this.hover(event), { signal });
    this.article.addEventListener("pointerleave", () => this.lightClaims([]), { signal });
    this.article.addEventListener("click", (event) => this.click(event), { signal });
    document.addEventListener("selectionchange", () => this.followSelection(), { signal });
    this.article.addEventListener("pointerdown", (event) => (this.dragging = event.pointerType === "mouse"), { signal });
    for (const end of ["pointerup", "pointercancel"] as const) document.addEventListener(end, () => this.dropped(), { signal });
    // Before the page's own keys: while text is selected, a means "act".
    document.addEventListener("keydown", (event) => this.keydown(event), { signal, capture: true });
    for (const kind of ["pointerover", "focusin"] as const) {
      document.addEventListener(kind, (event) => this.lightPassages(event), { signal });
    }
    for (const kind of ["pointerout", "focusout"] as const) {
      document.addEventListener(kind, (event) => this.darkenPassages(event), { signal });
    }
    document.addEventListener("htmx:afterSettle", () => this.afterSwap(), { signal });
    document.addEventListener("tumen:claim-closed", () => this.painter.paint("pending", []), { signal });
  }

  private afterSwap(): void {
    if (!this.article.isConnected) {
      this.painter.clear();
      this.bar.hide();
      this.stop.abort();
      return;
    }
    this.load();
    if (!document.querySelector("#claim-panel form")) this.painter.paint("pending", []);
  }

  // From the text to its claims.

  private hover(event: PointerEvent): void {
    if (event.pointerType !== "mouse" || event.buttons !== 0) return;
    const at = this.map.characterAt(event.clientX, event.clientY);
    this.lightClaims(at === undefined ? [] : passagesAt(this.passages, at));
  }

  private click(event: MouseEvent): void {
    if (this.selected) return;
    const at = this.map.characterAt(event.clientX, event.clientY);
    const found = at === undefined ? [] : passagesAt(this.passages, at);
    this.lightClaims(found);
    const id = found[0]?.claims[0]?.id;
    if (id !== undefined) document.querySelector(`[data-claim="${CSS.escape(String(id))}"]`)?.scrollIntoView({ block: "nearest" });
  }

  private lightClaims(passages: readonly Passage[]): void {
    const ids = passages.map((passage) => passage.id).join(" ");
    if (ids === this.hovered) return;
    this.hovered = ids;
    this.painter.paint("lit", passages);
    const claims = new Set(passages.flatMap((passage) => passage.claims.map((claim) => String(claim.id))));
    for (const element of document.querySelectorAll<HTMLElement>("[data-claim]")) {
      element.classList.toggle("is-lit", claims.has(element.dataset["claim"] as string));
    }
  }

  // From a claim, a field or a chip to its passages.

  private lightPassages(event: Event): void {
    const holder = passageHolder(event.target);
    if (!holder) return;
    const stretches = this.stretchesOf(holder);
    this.painter.paint("lit", stretches);
    const first = stretches[0];
    window.clearTimeout(this.scrollTimer);
    // Resting on a claim brings its passage into view; passing over it, or being about to press something in it, does
    // not move the page: what is under the pointer would move away from it.
    const pressing = event.type === "pointerover" && event.target instanceof Element && event.target.closest(CONTROLS);
    if (first && !pressing) this.scrollTimer = window.setTimeout(() => this.reveal(first), HOVER_SCROLL_MS);
  }

  private darkenPassages(event: Event): void {
    if (!passageHolder(event.target)) return;
    window.clearTimeout(this.scrollTimer);
    this.painter.paint("lit", []);
  }

  private stretchesOf(holder: HTMLElement): Stretch[] {
    const span = /^(\d+)-(\d+)$/.exec(holder.dataset["span"] ?? "");
    if (span) return [{ start: this.positions.toUtf16(Number(span[1])), end: this.positions.toUtf16(Number(span[2])) }];
    const ids = new Set((holder.dataset["passages"] ?? "").split(/\s+/));
    return this.passages.filter((passage) => ids.has(passage.id));
  }

  private reveal({ start, end }: Stretch): void {
    const box = this.map.range(start, end).getBoundingClientRect();
    const margin = 80;
    if (box.top >= margin && box.bottom <= window.innerHeight - margin) return;
    window.scrollBy({ top: box.top - window.innerHeight / 3 });
  }

  // Selecting.

  private followSelection(): void {
    const stretch = this.stretchInDom();
    if (!stretch) {
      this.selected = undefined;
      this.bar.hide();
      return;
    }
    const { start, end } = stretch;
    if (this.selected?.start !== start || this.selected.end !== end) this.selected = { start, end, active: "end" };
    // Under a pointer that still drags, the bar would cover the words it is on the way to, and catch the selection.
    if (this.dragging) this.bar.hide();
    else this.bar.show(this.map.range(start, end));
  }

  private dropped(): void {
    if (!this.dragging) return;
    this.dragging = false;
    this.followSelection();
  }

  /** What is selected of this text, without white space at its ends: a triple click takes line ends and more along. */
  private stretchInDom(): Stretch | undefined {
    const selection = document.getSelection();
    if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return undefined;
    const range = selection.getRangeAt(0);
    const from = this.map.offset(range.startContainer, range.startOffset);
    if (from === undefined) return undefined;
    const to = this.map.offset(range.endContainer, range.endOffset) ?? this.map.text.length;
    const text = this.map.text.slice(from, to);
    const start = from + text.length - text.trimStart().length;
    const end = from + text.trimEnd().length;
    return start < end ? { start, end } : undefined;
  }

  private select(selected: Selected | undefined): void {
    if (!selected) return;
    this.selected = selected;
    const range = this.map.range(selected.start, selected.end);
    document.getSelection()?.setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
    this.reveal(selected.active === "end" ? { start: selected.end - 1, end: selected.end } : { start: selected.start, end: selected.start + 1 });
  }

  private keydown(event: KeyboardEvent): void {
    const name = keyName(event);
    if (name === undefined || isField(event.target) || dialogIsOpen()) return;
    if (this.moveByKey(event) || this.chooseByKey(name)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** Arrows in the focused text: right and left by word, down and up by sentence, with Alt or Ctrl by character. */
  private moveByKey(event: KeyboardEvent): boolean {
    if (document.activeElement !== this.article) return false;
    const direction = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key] as 1 | -1 | undefined;
    if (!direction) return false;
    const fine = event.altKey || event.ctrlKey || event.metaKey;
    const sentence = event.key === "ArrowDown" || event.key === "ArrowUp";
    const unit: Unit = sentence ? "sentence" : fine ? "grapheme" : "word";
    if (!this.selected) this.select(this.segments.move(this.firstVisible(), 1, unit));
    else if (event.shiftKey) this.select(this.segments.extend(this.selected, direction, unit));
    else this.select(this.segments.move(this.selected, direction, unit));
    return true;
  }

  /** An empty place before the first character in view, where selecting by keyboard begins. */
  private firstVisible(): Stretch {
    const box = this.article.getBoundingClientRect();
    if (box.top >= 0) return { start: 0, end: 0 };
    const style = getComputedStyle(this.article);
    const x = box.left + parseFloat(style.paddingLeft) + 4;
    for (let y = 80; y < window.innerHeight; y += 12) {
      const at = this.map.characterAt(x, y);
      if (at !== undefined) return { start: at, end: at };
    }
    return { start: 0, end: 0 };
  }

  private chooseByKey(name: string): boolean {
    // The event that tells of a new selection may still be on its way.
    this.followSelection();
    if (!this.selected) return false;
    if (name === "Escape") {
      if (this.bar.contains(document.activeElement)) this.article.focus();
      document.getSelection()?.removeAllRanges();
      return true;
    }
    if (name === "Enter" && document.activeElement === this.article) {
      this.bar.focus();
      return true;
    }
    const choice = choices().find(({ key }) => key === name);
    if (choice) this.choose(choice.choice);
    return choice !== undefined;
  }

  private choose(choice: Choice): void {
    if (!this.selected) return;
    const { start: from, end: to } = this.selected;
    const detail = { kind: choice, start: this.positions.toCodePoint(from), end: this.positions.toCodePoint(to), text: this.map.text.slice(from, to) };
    if (choice === "evidence") {
      const field = addEvidence(detail.start, detail.end, detail.text);
      if (field) this.article.dispatchEvent(new CustomEvent("tumen:evidence", { bubbles: true, detail: { ...detail, field } }));
    } else {
      this.painter.paint("pending", [{ start: from, end: to }]);
      const goOn = this.article.dispatchEvent(new CustomEvent("tumen:new-claim", { bubbles: true, cancelable: true, detail }));
      if (goOn) this.openForm(detail.kind, detail.start, detail.end);
    }
    document.getSelection()?.removeAllRanges();
  }

  private openForm(kind: string, start: number, end: number): void {
    const address = this.article.dataset["newUrl"];
    if (!address || !window.htmx) return;
    const url = new URL(address, location.href);
    for (const [name, value] of Object.entries({ kind, start, end })) url.searchParams.set(name, String(value));
    void window.htmx.ajax("get", url.pathname + url.search, { target: "#claim-panel", swap: "innerHTML" });
  }
}

function passageHolder(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-passages]:not([data-annotator]), [data-span]") : null;
}
