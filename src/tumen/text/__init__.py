"""Scripts, search tokens, and files of unknown kind turned safely into text."""
