"""What was told, unchanged: sources, originals, texts, passages."""
