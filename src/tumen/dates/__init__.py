"""Dates as testimony gives them: EDTF intervals, bounds, comparison, ages."""
