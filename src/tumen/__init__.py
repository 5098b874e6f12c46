"""Tumen: a documentation database for human-rights groups."""

__version__ = "0.1.0"
