"""Benchmarks: each prints a ratio against a named peer or the bare engine, measured in the same run."""
