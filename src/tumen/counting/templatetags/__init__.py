"""Template tags of counting."""
