"""Which scripts a text is written in, a guess at its language, and names made safe to show."""

import re
import unicodedata
from typing import Literal

Script = Literal["Latin", "Hangul", "Han", "Kana", "Cyrillic", "Other"]
Language = Literal["en", "ko", "zh", "ja", ""]

_SCRIPTS: dict[Script, re.Pattern[str]] = {
    "Latin": re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a]"),
    "Hangul": re.compile("[\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7fb\uffa1-\uffdc]"),
    "Han": re.compile("[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134a]"),
    "Kana": re.compile("[\u3041-\u309f\u30a1-\u30ff\u31f0-\u31ff\uff66-\uff9f]"),
    "Cyrillic": re.compile("[\u0400-\u052f]"),
}
_LETTER = re.compile(r"[^\W\d_]")
_STRETCH = 2_000  # characters
_ENOUGH = 0.2  # Korean prose quotes Latin names and Hanja; a fifth of Hangul already makes it Korean

# Bidirectional controls turn "gpj.exe" into "exe.jpg"; they, line ends and other controls have no place in a name.
_SEPARATORS = re.compile(r"[\\/]")


def script_shares(text: str) -> dict[Script, float]:
    """The share of each script among the letters of `text`, largest first; empty when there are no letters."""
    letters = len(_LETTER.findall(text))
    if not letters:
        return {}
    counts: dict[Script, int] = {script: len(pattern.findall(text)) for script, pattern in _SCRIPTS.items()}
    counts["Other"] = max(0, letters - sum(counts.values()))
    total = sum(counts.values())
    shares = {script: count / total for script, count in counts.items() if count}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def guess_language(text: str) -> Language:
    """`ko`, `zh`, `ja` or `en` by the shares of scripts; "" when there is nothing to go by.

    Good enough to preset a menu. Any text in Latin letters is called `en`: it does not tell English from French. Of a
    long text, ten stretches are looked at.
    """
    if len(text) > 10 * _STRETCH:
        text = "".join(text[start : start + _STRETCH] for start in range(0, len(text), len(text) // 10))
    shares = script_shares(text)
    hangul, han, kana = (shares.get(script, 0.0) for script in ("Hangul", "Han", "Kana"))
    if kana >= _ENOUGH and kana > hangul:
        return "ja"
    if hangul >= _ENOUGH and hangul >= han / 4:
        return "ko"
    if han >= _ENOUGH:
        return "zh"
    return "en" if shares.get("Latin", 0.0) > 0.5 else ""


def nfc(text: str) -> str:
    """Canonical composition: how names and titles are stored and compared. Never apply it to a source's text."""
    return unicodedata.normalize("NFC", text)


def nfkc(text: str) -> str:
    """Compatibility composition: full-width, half-width and circled forms become plain letters. For comparing only."""
    return unicodedata.normalize("NFKC", text)


def safe_name(name: str, longest: int = 120) -> str:
    """A file's name fit to be shown: one line, no folders, no characters that hide or reorder others.

    Control, format (bidirectional overrides, zero-width), unassigned, private and surrogate characters are dropped;
    folders are cut off. Longer names than `longest` lose their middle, never their ending. It is for display: never
    open a file by it.
    """
    last = _SEPARATORS.split(name)[-1]
    shown = "".join(c if c != "\t" and c != "\n" else " " for c in nfc(last) if c in "\t\n" or not _hidden(c))
    shown = " ".join(shown.split())
    if shown.strip(".") == "":
        return "unnamed"
    if len(shown) > longest:
        tail = longest // 3
        shown = f"{shown[: longest - tail - 1]}…{shown[-tail:]}"
    return shown


def _hidden(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
