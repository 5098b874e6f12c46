"""Pages of counting: they read the address, ask `queries`, and fill a template."""
