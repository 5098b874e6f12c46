"""Filters for the templates of sources."""
