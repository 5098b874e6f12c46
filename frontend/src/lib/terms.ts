/** Finding terms and places in a list: favourites first when nothing is typed, then by how well the words fit. */
import { rank } from "./hangul";

export type Term = {
  value: string;
  label: string;
  /** The same term in other languages, searched too and shown when it was what fitted. */
  labels: string[];
  path: string;
  definition: string;
  favourite: boolean;
};

export type Found = { term: Term; via: string | undefined };

/** Terms that fit the query, best first; equal ones keep their given order, favourites before the others. */
export function findTerms(terms: readonly Term[], query: string): Found[] {
  if (query.trim() === "") {
    const favourites = terms.filter((term) => term.favourite);
    return [...favourites, ...terms.filter((term) => !term.favourite)].map((term) => ({ term, via: undefined }));
  }
  const scored: { found: Found; score: number }[] = [];
  for (const term of terms) {
    const best = bestFit(term, query);
    if (best) scored.push({ found: { term, via: best.via }, score: best.score - (term.favourite ? 0.5 : 0) });
  }
  return scored.sort((a, b) => a.score - b.score).map(({ found }) => found);
}

function bestFit(term: Term, query: string): { score: number; via: string | undefined } | undefined {
  let best: { score: number; via: string | undefined } | undefined;
  const consider = (text: string, handicap: number, via: string | undefined) => {
    const fit = text === "" ? undefined : rank(query, text);
    if (fit !== undefined && (!best || fit + handicap < best.score)) best = { score: fit + handicap, via };
  };
  consider(term.label, 0, undefined);
  for (const label of term.labels) consider(label, 0.25, label);
  consider(term.value, 3, undefined);
  consider(term.path, 4, undefined);
  return best;
}

/** The server's option, made whole. */
export function termFrom(given: Partial<Term> & { value: string | number; label: string }): Term {
  return {
    value: String(given.value),
    label: given.label,
    labels: given.labels ?? [],
    path: given.path ?? "",
    definition: given.definition ?? "",
    favourite: given.favourite ?? false,
  };
}
