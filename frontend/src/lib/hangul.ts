/**
 * Type-ahead that knows Korean: ㄱㅌ finds 구타 by initial consonants, and a syllable still being typed (구, 굳) finds the
 * ones it may become. Latin and Chinese text match as plain substrings, without regard to case or width.
 */
const INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS = 28;
const VOWELS_AND_FINALS = 21 * FINALS;
/** Finals that can also begin the next syllable, as initials: while 굳이 is typed it passes through 굳 on the way from 구디. */
const FINAL_AS_INITIAL = ["", "ㄱ", "ㄲ", "", "ㄴ", "", "", "ㄷ", "ㄹ", "", "", "", "", "", "", "", "ㅁ", "ㅂ", "", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ"];

/** The form in which texts are compared: NFKC, lower case. Lone consonants stay the letters a keyboard types. */
export function fold(text: string): string {
  // NFKC turns ㄱ (compatibility letter) into a conjoining ᄀ; it is put back, as only the former is ever typed.
  return text
    .normalize("NFKC")
    .replace(/[\u1100-\u1112]/g, (letter) => INITIALS[letter.charCodeAt(0) - 0x1100] as string)
    .toLowerCase();
}

/** The initial consonant of a syllable; any other character is itself. */
export function initialOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < FIRST_SYLLABLE || code > LAST_SYLLABLE) return character;
  return INITIALS[Math.floor((code - FIRST_SYLLABLE) / VOWELS_AND_FINALS)] as string;
}

/** How well a query fits a text: 0 at its start, 1 at the start of a word, 2 inside, undefined not at all. */
export function rank(query: string, text: string): 0 | 1 | 2 | undefined {
  const wanted = fold(query.trim());
  const given = fold(text);
  if (wanted === "") return 0;
  let best: 1 | 2 | undefined;
  for (let at = 0; at < given.length; at++) {
    if (!fitsAt(wanted, given, at)) continue;
    if (at === 0) return 0;
    if (/[\s(/,·-]/.test(given[at - 1] as string)) return 1;
    best = 2;
  }
  return best;
}

function fitsAt(wanted: string, given: string, at: number): boolean {
  for (let i = 0; i < wanted.length; i++) {
    const want = wanted[i] as string;
    const have = given[at + i];
    if (have === undefined) return false;
    if (want === have) continue;
    if (INITIALS.includes(want) && initialOf(have) === want) continue;
    return i === wanted.length - 1 && mayBecome(want, have, given[at + i + 1]);
  }
  return true;
}

/** Whether a syllable being typed may still become the given one, or the given one and the start of the next. */
function mayBecome(typed: string, have: string, next: string | undefined): boolean {
  const a = typed.charCodeAt(0) - FIRST_SYLLABLE;
  const b = have.charCodeAt(0) - FIRST_SYLLABLE;
  if (a < 0 || b < 0 || a > LAST_SYLLABLE - FIRST_SYLLABLE || b > LAST_SYLLABLE - FIRST_SYLLABLE) return false;
  if (Math.floor(a / FINALS) !== Math.floor(b / FINALS)) return false;
  const final = FINAL_AS_INITIAL[a % FINALS] as string;
  if (final === "") return a % FINALS === 0;
  return b % FINALS === 0 && next !== undefined && initialOf(next) === final;
}
