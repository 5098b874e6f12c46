"""How often 95 % intervals hold the truth: every method on simulated tables of known size.

`python -m benchmarks.estimation_coverage [--minutes M] [--only TEXT] [--methods bic,bma] [--anew]` goes on where the
last run stopped: the settings stand in settings.toml, what was counted in counts.csv, one row a setting and method. A
table depends only on the name of its setting and its own number, so that the counts are the same however the work was
cut. `--anew` forgets the counts of the rows it works on. `--clean` counts how often `bic` refuses a clean table.
`--page` writes docs/reference/estimation-coverage.md from the counts.
"""
