"""Verbs of coding, one file a subject. Each takes the open change first."""
