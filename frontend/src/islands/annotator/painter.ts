/**
 * Paints stretches of text through the CSS Custom Highlight API: no element and no style is added, so the text stays one
 * text and a strict Content-Security-Policy holds. Looks: css/coding.css. Several articles share the highlights by name.
 */
import type { Stretch } from "./passages";
import type { TextMap } from "./text-map";

/** Later names lie on top of earlier ones. */
const LAYERS = ["quotation", "practice-statement", "act", "life-event", "incident", "episode", "interview", "relation", "party", "figure", "place", "date", "overlap", "pending", "lit"];

export class Painter {
  private readonly painted = new Map<string, Range[]>();

  constructor(private readonly map: TextMap) {}

  static supported(): boolean {
    return typeof CSS !== "undefined" && "highlights" in CSS;
  }

  /** Replaces what this article shows under a name. */
  paint(name: string, stretches: readonly Stretch[]): void {
    if (!Painter.supported()) return;
    const highlight = highlightNamed(name);
    for (const old of this.painted.get(name) ?? []) highlight.delete(old);
    const ranges = stretches.map(({ start, end }) => this.map.range(start, end));
    for (const range of ranges) highlight.add(range);
    this.painted.set(name, ranges);
  }

  clear(): void {
    for (const name of [...this.painted.keys()]) this.paint(name, []);
  }
}

function highlightNamed(name: string): Highlight {
  const key = `tumen-${name}`;
  let highlight = CSS.highlights.get(key);
  if (!highlight) {
    highlight = new Highlight();
    highlight.priority = LAYERS.indexOf(name);
    CSS.highlights.set(key, highlight);
  }
  return highlight;
}
