"""Recovery shares: the archive opens with any two of three printed sheets, and with one sheet nobody learns a thing.

The words are SLIP-39 mnemonics (Shamir's scheme with a checksum in every sheet), made and read by the library of its
authors. What is shared is a secret of its own around which `keys` wraps the archive key, so that new sheets make the
old ones worthless and no sheet has to be changed when a passphrase is.
"""

from __future__ import annotations

import difflib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORD_INDEX_MAP, WORDLIST

from tumen.archive.errors import WrongShares

NEEDED, SHEETS, WORDS = 2, 3, 33


@dataclass(frozen=True)
class Shares:
    """A new set: the secret that the sheets share, a number that tells the set from others, the words of each sheet."""

    secret: bytes
    label: str
    sheets: list[list[str]]


def make() -> Shares:
    """Return a new set of shares; they open nothing until `keys.replace_shares` wraps the archive key under them."""
    secret = secrets.token_bytes(32)
    [sheets] = generate_mnemonics(1, [(NEEDED, SHEETS)], secret, iteration_exponent=0)
    return Shares(secret, _label(sheets[0]), [sheet.split() for sheet in sheets])


def read(typed: str) -> list[str]:
    """Return the words of one sheet as they must have been printed; numbers, capitals and commas do not matter.

    Raises WrongShares, saying which word is wrong where that can be told.
    """
    words = [word for word in "".join(c if c.isalpha() else " " for c in typed.lower()).split() if word]
    for place, word in enumerate(words, 1):
        if word not in WORD_INDEX_MAP:
            near = difflib.get_close_matches(word, WORDLIST, 3, 0.6)
            meant = f" Perhaps {' or '.join(near)}?" if near else ""
            raise WrongShares(f"Word {place}, “{word}”, is on no sheet.{meant}")
    if len(words) != WORDS:
        raise WrongShares(f"A sheet has {WORDS} words; {len(words)} were typed.")
    try:
        Share.from_mnemonic(" ".join(words))
    except MnemonicError as error:
        raise WrongShares(
            "Every word is one that a sheet can have, and yet they do not belong together: one is misread, or two "
            "changed places. Compare them with the sheet, one by one."
        ) from error
    return words


def combine(sheets: Sequence[Sequence[str]]) -> bytes:
    """Return the secret that two sheets share. Raises WrongShares."""
    if len({tuple(sheet) for sheet in sheets}) < NEEDED:
        raise WrongShares(f"That is the same sheet twice; {NEEDED} different ones are needed.")
    if len({_label(" ".join(sheet)) for sheet in sheets}) > 1:
        raise WrongShares("These sheets are of different sets: the number at the top must be the same on both.")
    try:
        return combine_mnemonics([" ".join(sheet) for sheet in sheets])
    except MnemonicError as error:
        raise WrongShares("These sheets do not fit together; take the third one in place of one of them.") from error


def _label(sheet: str) -> str:
    return f"{Share.from_mnemonic(sheet).identifier:05d}"
