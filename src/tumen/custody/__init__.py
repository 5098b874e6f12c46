"""Custody: an append-only log whose past cannot be rewritten unseen, and evidence bags that a court verifies offline.

>>> from tumen.custody import Checkpoint, SigningKey, Tree, leaf_hash, verify_inclusion, verify_note
>>> tree = Tree([leaf_hash(b"first"), leaf_hash(b"second"), leaf_hash(b"third")])
>>> verify_inclusion(1, 3, leaf_hash(b"second"), tree.inclusion_proof(1), tree.root())
>>> key = SigningKey.generate("archive.example/log")
>>> note = Checkpoint("archive.example/log", len(tree), tree.root()).signed(key)
>>> verify_note(note, [key.verifier.text]).signatures[0].name
'archive.example/log'
"""

from tumen.custody.bags import Entry, Evidence, verify_bag, write_bag
from tumen.custody.checkpoints import Checkpoint, verify_checkpoint
from tumen.custody.countersigning import countersign, countersign_request, start_state
from tumen.custody.errors import (
    AmbiguousKey,
    BagExists,
    BagNotProven,
    CustodyError,
    DamagedCountersigningState,
    EmptyTree,
    Forked,
    IndexOutsideTree,
    InvalidSignature,
    MalformedCheckpoint,
    MalformedKey,
    MalformedLeaf,
    MalformedNote,
    MalformedProofFile,
    MalformedRequest,
    NoCountersigningState,
    NotBytes,
    OldSizeDiffers,
    RolledBack,
    RootMismatch,
    TimestampMismatch,
    TimestampRefused,
    TreeShrank,
    UnknownLog,
    UnreadableTimestamp,
    UnsafeName,
    UnsignedNote,
    WeakSalt,
    WrongHashLength,
    WrongKindOfKey,
    WrongProofLength,
)
from tumen.custody.keys import Kind, SigningKey, VerifierKey
from tumen.custody.leaves import LeafKind, commitment, leaf
from tumen.custody.merkle import EMPTY_ROOT, Frontier, KeptTree, Tree, leaf_hash, node_hash
from tumen.custody.names import check_names
from tumen.custody.notes import Signature, VerifiedNote, add_lines, cosignature_line, sign_note, verify_note
from tumen.custody.prooffiles import ProofFile
from tumen.custody.proofs import verify_consistency, verify_inclusion
from tumen.custody.timestamps import TimestampRequest, timestamp_request, verify_timestamp

__all__ = [
    # the tree and its proofs
    "Tree", "KeptTree", "Frontier", "leaf_hash", "node_hash", "EMPTY_ROOT", "verify_inclusion", "verify_consistency",
    # what a leaf says
    "leaf", "commitment", "LeafKind",
    # keys, notes, checkpoints
    "SigningKey", "VerifierKey", "Kind", "sign_note", "verify_note", "VerifiedNote", "Signature", "Checkpoint",
    "verify_checkpoint", "ProofFile",
    # a second party
    "countersign", "countersign_request", "start_state", "cosignature_line", "add_lines",
    # timestamps
    "TimestampRequest", "timestamp_request", "verify_timestamp",
    # evidence bags
    "write_bag", "verify_bag", "Evidence", "Entry", "check_names",
    # failures
    "CustodyError", "NotBytes", "WrongHashLength", "IndexOutsideTree", "TreeShrank", "EmptyTree",
    "WrongProofLength", "RootMismatch", "MalformedKey", "WrongKindOfKey", "MalformedNote", "AmbiguousKey",
    "InvalidSignature", "UnsignedNote", "MalformedCheckpoint", "MalformedProofFile", "MalformedRequest",
    "UnknownLog", "NoCountersigningState", "DamagedCountersigningState", "OldSizeDiffers", "RolledBack", "Forked",
    "WeakSalt", "MalformedLeaf", "UnreadableTimestamp", "TimestampRefused", "TimestampMismatch", "UnsafeName",
    "BagExists", "BagNotProven",
]  # fmt: skip
