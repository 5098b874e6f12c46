/**
 * Marking names: what is selected in the text, by pointer or by keyboard, goes into the form beside it; the letter of a
 * kind then sends it. Without this the form takes typed words. Contract: docs/reference/frontend.md.
 */
import { dialogIsOpen, isField } from "../lib/dom";
import { keyName } from "../lib/keymap";
import { Positions } from "../lib/positions";
import { Segments, type Selected, type Unit } from "../lib/segments";
import { TextMap } from "./annotator/text-map";

export function mountNames(article: HTMLElement): void {
  const form = document.getElementById(article.dataset["names"] ?? "");
  if (form instanceof HTMLFormElement) new Names(article, form);
}

class Names {
  private readonly map: TextMap;
  private readonly positions: Positions;
  private readonly segments: Segments;
  private selected: Selected | undefined;
  private readonly stop = new AbortController();

  constructor(
    private readonly article: HTMLElement,
    private readonly form: HTMLFormElement,
  ) {
    this.map = new TextMap(article);
    this.positions = new Positions(this.map.text);
    this.segments = new Segments(this.map.text, article.lang || document.documentElement.lang);
    const signal = this.stop.signal;
    document.addEventListener("selectionchange", () => this.follow(), { signal });
    // Before the page's own keys: while a name is selected, its kind's letter marks it.
    document.addEventListener("keydown", (event) => this.keydown(event), { signal, capture: true });
    this.field("words").addEventListener("input", () => this.fill(undefined), { signal });
  }

  private field(name: string): HTMLInputElement {
    return this.form.elements.namedItem(name) as HTMLInputElement;
  }

  private follow(): void {
    if (!this.article.isConnected) return this.stop.abort();
    const selection = document.getSelection();
    if (!selection || selection.rangeCount === 0 || !this.article.contains(selection.anchorNode)) return;
    const range = selection.getRangeAt(0);
    const from = this.map.offset(range.startContainer, range.startOffset);
    const to = this.map.offset(range.endContainer, range.endOffset) ?? this.map.text.length;
    const words = from === undefined ? "" : this.map.text.slice(from, to);
    if (from === undefined || words.trim() === "") return this.fill(undefined);
    const start = from + words.length - words.trimStart().length;
    const end = from + words.trimEnd().length;
    this.fill(this.selected?.start === start && this.selected.end === end ? this.selected : { start, end, active: "end" });
  }

  private fill(selected: Selected | undefined): void {
    this.selected = selected;
    this.field("start").value = selected ? String(this.positions.toCodePoint(selected.start)) : "";
    this.field("end").value = selected ? String(this.positions.toCodePoint(selected.end)) : "";
    if (selected) this.field("words").value = this.map.text.slice(selected.start, selected.end);
  }

  private keydown(event: KeyboardEvent): void {
    if (!this.article.isConnected) return this.stop.abort();
    const name = keyName(event);
    if (name === undefined || isField(event.target) || dialogIsOpen()) return;
    const button = this.selected && this.form.querySelector<HTMLButtonElement>(`[data-mark-key="${CSS.escape(name)}"]`);
    if (!button && !this.move(event)) return;
    event.preventDefault();
    event.stopPropagation();
    button?.click(); // and not requestSubmit: htmx sends the value of the button that was clicked
  }

  /** Arrows in the focused text: right and left by word, down and up by sentence, Shift extends, Alt goes by character. */
  private move(event: KeyboardEvent): boolean {
    if (document.activeElement !== this.article) return false;
    const direction = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key] as 1 | -1 | undefined;
    if (!direction) return false;
    const sentence = event.key === "ArrowDown" || event.key === "ArrowUp";
    const unit: Unit = sentence ? "sentence" : event.altKey || event.ctrlKey || event.metaKey ? "grapheme" : "word";
    const from = this.selected;
    const next = from && event.shiftKey ? this.segments.extend(from, direction, unit) : this.segments.move(from ?? { start: 0, end: 0 }, direction, unit);
    if (next) {
      this.selected = next;
      const range = this.map.range(next.start, next.end);
      document.getSelection()?.setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
      range.startContainer.parentElement?.scrollIntoView({ block: "nearest" });
    }
    return true;
  }
}
