"""Tags of the coding pages."""
