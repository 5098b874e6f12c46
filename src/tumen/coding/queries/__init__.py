"""Reading what was coded; every function that shows something demands a mask."""
