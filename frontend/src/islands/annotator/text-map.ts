/** The text of an article as one string, and the way between offsets in it and places in the DOM. */
export class TextMap {
  private readonly nodes: Text[] = [];
  private readonly starts: number[] = [];
  readonly text: string;

  constructor(readonly root: HTMLElement) {
    // A browser's parser cuts long texts into nodes of 64 Ki units, and masked names are elements of their own.
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    let text = "";
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      this.nodes.push(node as Text);
      this.starts.push(text.length);
      text += (node as Text).data;
    }
    this.text = text;
  }

  /** A DOM range over UTF-16 offsets of the text. */
  range(start: number, end: number): Range {
    const range = document.createRange();
    range.setStart(...this.place(start, false));
    range.setEnd(...this.place(end, true));
    return range;
  }

  /** The UTF-16 offset of a place in the DOM, or undefined when it lies outside the article. */
  offset(node: Node, offset: number): number | undefined {
    if (!this.root.contains(node)) return undefined;
    const index = this.nodes.indexOf(node as Text);
    if (index >= 0) return (this.starts[index] as number) + offset;
    const before = document.createRange();
    before.selectNodeContents(this.root);
    before.setEnd(node, offset);
    return before.toString().length;
  }

  /** The character under a point of the window, or undefined when there is none. */
  characterAt(x: number, y: number): number | undefined {
    const caret = caretAt(x, y);
    const offset = caret && this.offset(caret.node, caret.offset);
    if (offset === undefined) return undefined;
    // The caret is the nearest gap between characters; the point lies on one of its two neighbours, or on neither.
    for (const start of [offset, offset - 1]) {
      if (start < 0 || start >= this.text.length) continue;
      for (const box of this.range(start, start + 1).getClientRects()) {
        if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) return start;
      }
    }
    return undefined;
  }

  private place(offset: number, asEnd: boolean): [Text, number] {
    let low = 0;
    let high = this.nodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const start = this.starts[middle] as number;
      if (asEnd ? start < offset : start <= offset) low = middle;
      else high = middle - 1;
    }
    const node = this.nodes[low];
    if (!node) throw new RangeError("the article has no text");
    return [node, Math.min(offset - (this.starts[low] as number), node.length)];
  }
}

function caretAt(x: number, y: number): { node: Node; offset: number } | undefined {
  const position = document.caretPositionFromPoint?.(x, y);
  if (position) return { node: position.offsetNode, offset: position.offset };
  // Safari before 26 knows only the older name.
  const range = document.caretRangeFromPoint?.(x, y);
  return range ? { node: range.startContainer, offset: range.startOffset } : undefined;
}
