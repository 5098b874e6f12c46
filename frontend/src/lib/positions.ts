/**
 * Positions in a text. The archive counts code points; browsers count UTF-16 units. They differ after every character
 * outside the basic plane (emoji, rare Hanja), so every position is converted at this boundary and nowhere else.
 */
export class Positions {
  /** UTF-16 offsets at which a surrogate pair starts, ascending. */
  private readonly pairs: number[] = [];
  /** The same places in code points. */
  private readonly pairsInCodePoints: number[] = [];
  readonly length: number;

  constructor(readonly text: string) {
    for (let i = 0; i < text.length - 1; i++) {
      const high = text.charCodeAt(i);
      if (high < 0xd800 || high > 0xdbff) continue;
      const low = text.charCodeAt(i + 1);
      if (low < 0xdc00 || low > 0xdfff) continue;
      this.pairsInCodePoints.push(i - this.pairs.length);
      this.pairs.push(i);
      i++;
    }
    this.length = text.length - this.pairs.length;
  }

  /** Code points to UTF-16 units; a position outside the text is moved to its nearest end. */
  toUtf16(codePoint: number): number {
    const inside = Math.min(Math.max(codePoint, 0), this.length);
    return inside + countBelow(this.pairsInCodePoints, inside);
  }

  /** UTF-16 units to code points; an offset inside a surrogate pair counts as the start of the pair. */
  toCodePoint(utf16: number): number {
    const inside = Math.min(Math.max(utf16, 0), this.text.length);
    // An offset inside a pair has that pair before it: one unit, taken off again, which is the pair's start.
    return inside - countBelow(this.pairs, inside);
  }
}

/** How many of the ascending numbers are smaller than the limit. */
function countBelow(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
