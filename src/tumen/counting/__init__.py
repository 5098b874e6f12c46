"""Lists, tables and the figures register over one Query."""
