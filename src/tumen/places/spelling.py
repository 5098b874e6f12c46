"""Spelling keys: what two spellings of one place name have in common.

`fold` removes what writers leave out (case, accents, apostrophes, spaces, hyphens). `sound` goes further for Latin
script, so that McCune-Reischauer, Revised, DPRK and newspaper spellings of one Korean name meet: Ch'ŏngjin, Cheongjin,
Chungjin; Hamgyong, Hamkyung.
"""

import re
import unicodedata
from functools import lru_cache

TYPE_WORDS = {
    "province": ("do", "province", "sheng"),
    "prefecture": ("prefecture", "zhou"),
    "city": ("si", "shi", "city"),
    "county": ("gun", "kun", "county", "xian"),
    "district": ("guyok", "kuyok", "gu", "ku", "district", "qu"),
    "town": ("ri", "ni", "up", "eup", "town", "rodongjagu"),
    "river": ("river", "gang"),
}
"""Words that say of what kind a place is, by kind, in Latin script."""

_LATIN_FILLER = {word for words in TYPE_WORDS.values() for word in words} | {
    "the",
    "of",
    "in",
    "at",
    "near",
    "to",
    "from",
}
_FILLER = re.compile(
    "특별시|광역시|직할시|도|시|군|구역|구|동|읍|리|성|현|주|지구|근처|부근|쪽"  # Korean types and "near"
    "|에서|에게|에|으로|로|의|은|는|이|가|을|를|과|와|까지|부터"  # Korean particles
    "|省|市|县|縣|州|区|區|郡|道|里|镇|村|在|从|到|的|于|往|附近"  # the same in Chinese
)
_WORD = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_SOUND_PAIRS = (
    ("eo", "o"),
    ("eu", "u"),
    ("oo", "u"),
    ("sh", "s"),
    ("kh", "k"),
    ("th", "t"),
    ("ph", "p"),
    ("ch", "j"),
    ("g", "k"),
    ("d", "t"),
    ("b", "p"),
    ("r", "l"),
    ("nl", "ll"),
    ("u", "o"),
)


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return the letters and digits of a text in lower case, without accents, apostrophes, spaces or hyphens."""
    return "".join(words(text))


def words(text: str) -> list[str]:
    """Return the folded words of a text, cut also where the script changes.

    Hangul stays composed, so that one syllable is one character.
    """
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _WORD.findall(unicodedata.normalize("NFC", plain))


@lru_cache(maxsize=4096)
def sound(folded: str) -> str:
    """Return a coarse key for a folded Latin spelling; other scripts are returned as they are."""
    if not folded.isascii():
        return folded
    for spelling, replacement in _SOUND_PAIRS:
        folded = folded.replace(spelling, replacement)
    return re.sub(r"(.)\1", r"\1", folded)


def weight(word: str) -> int:
    """Count the characters of a folded word that say something: type words and particles say nothing."""
    if word.isascii():
        return 0 if word in _LATIN_FILLER else len(word)
    # One Hangul or Han character says about as much as two Latin letters.
    return 2 * len(_FILLER.sub("", word))
