"""The custody log of this archive: what makes its past provable to others (`tumen.custody`), stored beside the changes.

entries        one leaf a change and one for each original, written in the change's own transaction
tree           the Merkle tree over them, read from the rows
checkpoints    the log's key, and the signed notes of its size and root, one a day
attestations   what second parties and time-stamping authorities signed about a checkpoint
replay         `tumen verify`: everything recomputed
"""
