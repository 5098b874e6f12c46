"""Pages of coding. They hold no logic: they ask queries, call verbs, and choose a template."""
