"""What can go wrong with logs, notes, checkpoints, timestamps and bags: one class for each failure."""


class CustodyError(Exception):
    """Anything this library refuses; catch it to mean "not proven"."""


class NotBytes(CustodyError, TypeError):
    """A hash, proof element or note was given as something other than `bytes`."""


class WrongHashLength(CustodyError):
    """A hash is not 32 bytes long, so it cannot be of SHA-256."""


class IndexOutsideTree(CustodyError):
    """A leaf index is negative or not below the size of the tree; an empty tree has no leaf at all."""


class TreeShrank(CustodyError):
    """The later tree is said to be smaller than the earlier one, or a size is negative."""


class EmptyTree(CustodyError):
    """A consistency proof from the empty tree was given: every tree follows from it, so it proves nothing."""


class WrongProofLength(CustodyError):
    """A proof has more or fewer elements than its index and sizes require."""


class RootMismatch(CustodyError):
    """The root computed from a proof is not the root given: a leaf, a proof element, a size or the root was altered."""


class MalformedKey(CustodyError):
    """A verifier or signing key is not `name+id+base64`, its id does not belong to it, or its algorithm is unknown."""


class WrongKindOfKey(CustodyError):
    """A key made for notes was to sign a cosignature, or the reverse; each verifier would take it for forged."""


class MalformedNote(CustodyError):
    """A signed note breaks the format: encoding, control characters, missing blank line, a bad signature line."""


class AmbiguousKey(CustodyError):
    """A signature's name and key id fit several of the verifier keys given."""


class InvalidSignature(CustodyError):
    """A signature by a known key does not fit the note: the text or the signature was altered."""


class UnsignedNote(CustodyError):
    """No signature of the note is by any of the verifier keys given."""


class MalformedCheckpoint(CustodyError):
    """A note's text is not a checkpoint: origin, size and root in lines of their own."""


class MalformedProofFile(CustodyError):
    """A `.tlog-proof` file breaks the format of c2sp.org/tlog-proof@v1."""


class MalformedRequest(CustodyError):
    """A request to countersign breaks the format: an old size, proof lines, a blank line, a checkpoint."""


class UnknownLog(CustodyError):
    """A checkpoint's origin is none of the logs that the countersigning party follows."""


class NoCountersigningState(CustodyError):
    """The countersigning party's state file is missing; starting afresh would let a log be rolled back unseen."""


class DamagedCountersigningState(CustodyError):
    """The countersigning party's state file cannot be read as what it wrote."""


class OldSizeDiffers(CustodyError):
    """The request starts from another size than the last one countersigned; `known` is what it must start from."""

    def __init__(self, message: str, known: int) -> None:
        super().__init__(message)
        self.known = known


class RolledBack(CustodyError):
    """The log shows a smaller tree than it had when last countersigned: something was taken out."""


class Forked(CustodyError):
    """The log shows a tree that does not continue the one last countersigned: its past was rewritten."""


class WeakSalt(CustodyError):
    """A commitment's salt is shorter than 16 bytes, so what it hides could be guessed."""


class MalformedLeaf(CustodyError):
    """A leaf's kind, digest or time is not what a leaf can hold."""


class UnreadableTimestamp(CustodyError):
    """A timestamp response is no RFC 3161 response in strict DER, or an authority's certificate cannot be read."""


class TimestampRefused(CustodyError):
    """The authority answered, but granted no timestamp."""


class TimestampMismatch(CustodyError):
    """A timestamp does not hold: other bytes, another nonce, a forged signature, or an authority not trusted."""


class UnsafeName(CustodyError):
    """A file name in a bag could lead out of it, collide with another, or deceive the reader's eye."""


class BagExists(CustodyError):
    """The place where a bag is to be written is already taken."""


class BagNotProven(CustodyError):
    """A bag is damaged, altered, incomplete or not signed by the keys given; `findings` says what, file by file."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("The bag is not proven:\n" + "\n".join(findings))
        self.findings = findings
