/** Passages and their claims, as the server hands them over; positions turned into UTF-16 units. */
import type { Positions } from "../../lib/positions";

export const KINDS = ["act", "party", "figure", "quotation", "life-event", "practice-statement", "relation", "incident", "episode", "interview", "place", "date"] as const;
export type Kind = (typeof KINDS)[number];
export type Claim = { id: number | string; kind: Kind; label: string; field?: string };
export type Passage = { id: string; start: number; end: number; claims: Claim[] };
export type Stretch = { start: number; end: number };

type GivenPassage = { id: number | string; start: number | null; end: number | null; claims: Claim[] };

/** Reads the JSON block. A passage without a place in this text (a shelf mark, a page) has nothing to show here. */
export function readPassages(json: string, positions: Positions): Passage[] {
  const passages: Passage[] = [];
  for (const { id, start, end, claims } of JSON.parse(json || "[]") as GivenPassage[]) {
    if (start === null || end === null) continue;
    passages.push({ id: String(id), start: positions.toUtf16(start), end: positions.toUtf16(end), claims });
  }
  return passages.sort((a, b) => a.start - b.start || b.end - a.end);
}

/** The passages that cover a character, shortest first: the one a reader means when they are nested. */
export function passagesAt(passages: readonly Passage[], offset: number): Passage[] {
  const covering = passages.filter((passage) => passage.start <= offset && offset < passage.end);
  return covering.sort((a, b) => a.end - a.start - (b.end - b.start));
}

/** The stretches covered by two passages or more. */
export function overlaps(passages: readonly Stretch[]): Stretch[] {
  const edges = passages.flatMap(({ start, end }) => [
    { at: start, by: 1 },
    { at: end, by: -1 },
  ]);
  edges.sort((a, b) => a.at - b.at || a.by - b.by);
  const found: Stretch[] = [];
  let depth = 0;
  let since = 0;
  for (const { at, by } of edges) {
    if (depth < 2 && depth + by >= 2) since = at;
    if (depth >= 2 && depth + by < 2 && at > since) found.push({ start: since, end: at });
    depth += by;
  }
  return found;
}
