"""Pages of sources: adding files, one source, what is known about it."""
