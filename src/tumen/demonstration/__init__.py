"""A fictional archive made from a seed: first the truth, then what sources tell of it."""
