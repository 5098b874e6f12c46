"""Search tokens made in Python, so that every engine finds the same passages.

SQLite's own tokenizers miss two-syllable Korean and Chinese words, silently. Here the text is cut before it is stored:

- everything is normalised (NFKC) and case-folded, Latin diacritics are dropped (Hamgyŏng = hamgyong), and so is the
  apostrophe of a romanised aspirate (Ch'ŏngjin = chongjin);
- a run of CJK characters (Han, Hangul, Kana) becomes overlapping bigrams, and its last syllable stands alone with the
  mark `z`: 강제송환 is `강제 제송 송환 환z`. A phrase of bigrams means exactly that substring, and one syllable is a
  prefix query. The mark keeps phrases from running over a gap; no other token mixes CJK and Latin;
- any other run of letters and digits is one word.

The token string goes into FTS5 (`tokenize` = `FTS5_TOKENIZE`, detail=full); `match_query` asks it.
"""

import re
import unicodedata
from operator import add

FTS5_TOKENIZE = "unicode61 remove_diacritics 0"
"""What the `tokenize` option of the FTS5 table must say. Adding `prefix='1'` makes one-syllable queries fast."""

END = "z"
"""The mark on the last syllable of a CJK run."""

# Jamo, Han with 々 and 〇, Kana, Bopomofo, Hangul syllables; NFKC has replaced half-width and compatibility forms.
# Every one of them is a token character to unicode61 (tests/text/test_tokens.py asks the engine).
CJK = (
    "\u1100-\u11ff\u3005\u3007\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7c6\ud7cb-\ud7fb\ufa0e-\ufa29"
    "\U00020000-\U0002a6df\U0002a700-\U0002ebe0\U00030000-\U0003134a"
)
"""The characters that are cut into bigrams, as the inside of a regular expression's character class."""

WORD = rf"[^\W_{CJK}]"
"""One letter or digit of any other script, as a regular expression."""

RUN = re.compile(rf"[{CJK}]+|{WORD}+")
"""One run of CJK characters, or one word, in folded text."""

is_cjk = re.compile(rf"[{CJK}]").match
"""True for a run that begins with a CJK character, which is then a run of nothing else."""

# Latin letters with something on them, and combining marks that NFKC could not compose with their letter.
MARKED_LATIN = re.compile("[\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f\u3099\u309a]+")
_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h", "ð": "d", "þ": "th"})
ASPIRATE = re.compile("['’‘ʼ`](?=[aeiouwy])(?:(?<=[kpt].)|(?<=ch.)|(?<=ts.))")
"""The apostrophe of McCune-Reischauer and Wade-Giles, after k, p, t, ch, ts and before a vowel; not that of "it's"."""


def fold_letters(text: str) -> str:
    """`text` with compatibility forms, case and Latin diacritics gone; apostrophes still stand."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded if folded.isascii() else MARKED_LATIN.sub(_bare, folded)


def fold(text: str) -> str:
    """The text that is searched: what `fold_letters` leaves, without the apostrophes of romanised aspirates."""
    return ASPIRATE.sub("", fold_letters(text))


def index_tokens(text: str) -> str:
    """The tokens of `text`, separated by blanks, to be stored in a full-text index."""
    tokens: list[str] = []
    for run in RUN.findall(fold(text)):
        if is_cjk(run):
            tokens += map(add, run, run[1:] + END)
        else:
            tokens.append(run)
    return " ".join(tokens)


def _bare(found: re.Match[str]) -> str:
    decomposed = unicodedata.normalize("NFD", found[0].translate(_PLAIN))
    return "".join(c for c in decomposed if not unicodedata.combining(c))
