"""A fictional archive made from a seed."""
