"""Scripts, search tokens, and files of unknown kind turned safely into text."""

from tumen.text.blanking import Blanked, blank, tokens_around
from tumen.text.decode import Decoded, NotText, decode
from tumen.text.hits import Snippet, find, snippet
from tumen.text.positions import (
    InsideCharacter,
    OutsideText,
    from_utf8,
    from_utf16,
    normalise_line_ends,
    to_utf8,
    to_utf16,
)
from tumen.text.query import OnlyExclusions, match_query
from tumen.text.reanchor import SURE, Lost, Moved, reanchor
from tumen.text.scripts import Language, Script, guess_language, nfc, nfkc, safe_name, script_shares
from tumen.text.tokens import FTS5_TOKENIZE, fold, index_tokens

__all__ = [
    # search
    "FTS5_TOKENIZE",
    "index_tokens",
    "match_query",
    "OnlyExclusions",
    "find",
    "snippet",
    "Snippet",
    "fold",
    # scripts and names
    "Script",
    "Language",
    "script_shares",
    "guess_language",
    "nfc",
    "nfkc",
    "safe_name",
    # bytes to text
    "decode",
    "Decoded",
    "NotText",
    # positions
    "to_utf16",
    "from_utf16",
    "to_utf8",
    "from_utf8",
    "normalise_line_ends",
    "OutsideText",
    "InsideCharacter",
    # names left out
    "blank",
    "Blanked",
    "tokens_around",
    # new renditions
    "reanchor",
    "Moved",
    "Lost",
    "SURE",
]
