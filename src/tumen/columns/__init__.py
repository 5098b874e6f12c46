"""Columns: one question as a plain value, and the code columns in memory that answer it.

`Query` and `Mask` are what every list, table, map and export of Tumen speaks in. `Frame` holds the rows of one kind as
narrow NumPy columns; `select`, `page`, `facets` and `crosstab` read one `Snapshot` of it, never without a mask.
The text form and the meaning of every count: docs/reference/query.md.
"""

from tumen.columns.arrays import OPEN_HIGH, OPEN_LOW
from tumen.columns.classes import Dim, Header, HeaderKind
from tumen.columns.conditions import BadQuery, Condition, Op
from tumen.columns.consents import Consents
from tumen.columns.domains import UNKNOWN, BadDomain, Domain
from tumen.columns.faceting import FacetCount, facets
from tumen.columns.fields import Across, BadField, Field, Fields, Kind, Unit
from tumen.columns.frame import Frame
from tumen.columns.grouping import Grouping, UnknownRun
from tumen.columns.mask import ALL, Everything, Grant, Mask, Masked
from tumen.columns.periods import DECADES, OPEN, YEARS, BadBound, Scale, Scheme
from tumen.columns.query import RECORDS, Query
from tumen.columns.saving import BadSnapshot, dump, load
from tumen.columns.selecting import Page, Selection, Sizes, page, select
from tumen.columns.snapshot import Snapshot
from tumen.columns.storage import BadRows
from tumen.columns.tables import Beside, Table, TableTooLarge, crosstab
from tumen.columns.withheld import withheld

__all__ = [
    # the question
    "Query",
    "Condition",
    "Op",
    "RECORDS",
    "Dim",
    "Grant",
    "Mask",
    "ALL",
    "Everything",
    # what it may speak of
    "Field",
    "Across",
    "Fields",
    "Kind",
    "Unit",
    "Domain",
    "UNKNOWN",
    "Scale",
    "Scheme",
    "YEARS",
    "DECADES",
    "OPEN",
    "OPEN_LOW",
    "OPEN_HIGH",
    # the rows
    "Frame",
    "Snapshot",
    "Grouping",
    "Consents",
    "dump",
    "load",
    # the answers
    "select",
    "Selection",
    "Sizes",
    "page",
    "Page",
    "facets",
    "FacetCount",
    "crosstab",
    "Table",
    "Beside",
    "Header",
    "HeaderKind",
    "withheld",
    # what can go wrong
    "BadBound",
    "BadDomain",
    "BadField",
    "BadQuery",
    "BadRows",
    "BadSnapshot",
    "Masked",
    "TableTooLarge",
    "UnknownRun",
]
