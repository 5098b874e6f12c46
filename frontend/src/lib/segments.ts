/**
 * Selecting text by keyboard: words, sentences and single characters found by Intl.Segmenter, which knows Korean and
 * Chinese. Offsets are UTF-16 units. A text is segmented paragraph by paragraph, so that a long one costs nothing.
 */
export type Unit = "grapheme" | "word" | "sentence";
export type Span = { start: number; end: number };
/** A selection whose `active` edge is the one that Shift and an arrow move. */
export type Selected = Span & { active: "start" | "end" };

export class Segments {
  private readonly segmenters: Record<Unit, Intl.Segmenter>;
  private cached: { key: string; units: Span[] } = { key: "", units: [] };

  constructor(
    private readonly text: string,
    language: string,
  ) {
    const make = (granularity: Unit) => new Intl.Segmenter(language || undefined, { granularity });
    this.segmenters = { grapheme: make("grapheme"), word: make("word"), sentence: make("sentence") };
  }

  /** The first unit that starts at or after the offset. */
  next(offset: number, unit: Unit): Span | undefined {
    for (let from = this.paragraphStart(offset); from <= this.text.length; from = this.paragraphEnd(from) + 1) {
      const found = this.units(from, unit).find((span) => span.start >= offset);
      if (found) return found;
    }
    return undefined;
  }

  /** The last unit that ends at or before the offset. */
  previous(offset: number, unit: Unit): Span | undefined {
    for (let from = this.paragraphStart(offset); from >= 0; from = from === 0 ? -1 : this.paragraphStart(from - 1)) {
      const before = this.units(from, unit).filter((span) => span.end <= offset);
      if (before.length > 0) return before[before.length - 1];
    }
    return undefined;
  }

  /** The selection one unit further: the next or previous unit by itself. */
  move(from: Span, direction: 1 | -1, unit: Unit): Selected | undefined {
    const span = direction > 0 ? this.next(from.end, unit) : this.previous(from.start, unit);
    return span && { ...span, active: direction > 0 ? "end" : "start" };
  }

  /** The selection with its active edge moved by one unit. At one unit left, the other edge becomes the active one. */
  extend(from: Selected, direction: 1 | -1, unit: Unit): Selected {
    const grows = (direction > 0) === (from.active === "end");
    if (grows) return this.grow(from, direction, unit);
    const shrunk = this.shrink(from, unit);
    if (shrunk) return shrunk;
    return this.grow({ ...from, active: direction > 0 ? "end" : "start" }, direction, unit);
  }

  private grow(from: Selected, direction: 1 | -1, unit: Unit): Selected {
    if (direction > 0) return { ...from, end: this.next(from.end, unit)?.end ?? from.end };
    return { ...from, start: this.previous(from.start, unit)?.start ?? from.start };
  }

  private shrink(from: Selected, unit: Unit): Selected | undefined {
    if (from.active === "end") {
      const last = this.previous(from.end, unit);
      const before = last && this.previous(last.start, unit);
      return before && before.end > from.start ? { ...from, end: before.end } : undefined;
    }
    const first = this.next(from.start, unit);
    const after = first && this.next(first.end, unit);
    return after && after.start < from.end ? { ...from, start: after.start } : undefined;
  }

  private paragraphStart(offset: number): number {
    return offset === 0 ? 0 : this.text.lastIndexOf("\n", offset - 1) + 1;
  }

  private paragraphEnd(offset: number): number {
    const found = this.text.indexOf("\n", offset);
    return found < 0 ? this.text.length : found;
  }

  private units(from: number, unit: Unit): Span[] {
    const key = `${unit} ${from}`;
    if (this.cached.key === key) return this.cached.units;
    const units: Span[] = [];
    for (const part of this.segmenters[unit].segment(this.text.slice(from, this.paragraphEnd(from)))) {
      if (unit === "word" && !part.isWordLike) continue;
      const body = unit === "grapheme" ? part.segment : part.segment.trim();
      if (body.length === 0) continue;
      const start = from + part.index + part.segment.indexOf(body);
      const before = units[units.length - 1];
      // 2011년 and 8月 are one thing to the coder, though ICU parts the number from its counter.
      if (unit === "word" && before?.end === start && /^[\d,.]+$/.test(this.text.slice(before.start, before.end))) {
        before.end = start + body.length;
      } else {
        units.push({ start, end: start + body.length });
      }
    }
    this.cached = { key, units };
    return units;
  }
}
