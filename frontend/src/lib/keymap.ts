/** From key events to commands: sequences such as "g s", safe beside input methods and with a Korean keyboard layout. */
export type KeyPress = {
  key: string;
  code: string;
  keyCode: number;
  isComposing: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
};

/** How long a started sequence waits for its next key. */
export const SEQUENCE_MS = 1200;
/** Two Escapes within this time leave the archive. */
export const EXIT_MS = 600;

/**
 * The name of a pressed key: "a", "?", "Enter", "Ctrl+s"; undefined while an input method is composing or for a bare
 * modifier. With a Hangul layout the A key says ㅁ: outside text fields it still means a, so its place decides.
 */
export function keyName(press: KeyPress): string | undefined {
  // 229 is what browsers report for keys that an input method has taken, some of them without isComposing.
  if (press.isComposing || press.keyCode === 229) return undefined;
  let key = press.key;
  // On a Mac, Alt makes other characters and accents of letters: there the place of the key decides.
  if (press.altKey && /^Key[A-Z]$/.test(press.code) && !/^[a-z]$/i.test(key)) key = press.code.slice(3).toLowerCase();
  if (["Shift", "Control", "Alt", "Meta", "Process", "Dead", "Unidentified"].includes(key)) return undefined;
  if (/^[\u3131-\u318e\uac00-\ud7a3]$/.test(key)) {
    if (!/^Key[A-Z]$/.test(press.code)) return undefined;
    const letter = press.code.slice(3);
    key = press.shiftKey ? letter : letter.toLowerCase();
  }
  const modifiers = (press.ctrlKey || press.metaKey ? "Ctrl+" : "") + (press.altKey ? "Alt+" : "");
  return modifiers + (modifiers && key.length === 1 ? key.toLowerCase() : key);
}

/** Whether a key may act while a text field has the focus: only with a modifier, so that typing is never taken. */
export function worksInFields(name: string): boolean {
  return name.startsWith("Ctrl+") || name.startsWith("Alt+");
}

/** Follows keys through bindings of one or more keys ("/", "g s"). */
export class Sequence {
  private keys: string[] = [];
  private last = 0;

  /** The binding this key completes; "pending" when it may become one; undefined when it means nothing. */
  press(key: string, at: number, bindings: Iterable<string>): string | "pending" | undefined {
    if (at - this.last > SEQUENCE_MS) this.keys = [];
    this.last = at;
    const known = [...bindings];
    for (const keys of [[...this.keys, key], [key]]) {
      const typed = keys.join(" ");
      if (known.includes(typed)) {
        this.keys = [];
        return typed;
      }
      if (known.some((binding) => binding.startsWith(`${typed} `))) {
        this.keys = keys;
        return "pending";
      }
    }
    this.keys = [];
    return undefined;
  }
}

/** Two Escapes in quick succession. */
export class DoubleEscape {
  private last = -Infinity;

  press(key: string, at: number): boolean {
    const second = key === "Escape" && at - this.last <= EXIT_MS;
    this.last = key === "Escape" && !second ? at : -Infinity;
    return second;
  }
}
