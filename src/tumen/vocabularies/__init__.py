"""Controlled lists as data files: codes, labels in three languages, definitions, counting rules, crosswalks."""
