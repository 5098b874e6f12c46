"""The gazetteer: places of the region in three scripts, hierarchy, boundaries, precision classes.

>>> from tumen import places
>>> gazetteer = places.load()
>>> gazetteer.path("KP-09.onsong")
'Onsong, North Hamgyong'
>>> [candidate.place.code for candidate in gazetteer.resolve("함북 온성군", limit=1)]
['KP-09.onsong']

What a source said stays as it was said: a `Candidate` carries the text as told beside the place it may mean, and the
choice is a person's. Data, columns and sources: docs/reference/places.md.
"""

from tumen.places.boundaries import Boundary, Point, boundaries, province_at
from tumen.places.context import Context
from tumen.places.gazetteer import Gazetteer, HierarchyError, UnknownPlaceError, load
from tumen.places.geometry import great_circle_km
from tumen.places.model import Kind, Language, Place, Precision
from tumen.places.reading import PlaceFileError, read
from tumen.places.resolving import Candidate

__all__ = [
    # The gazetteer
    "load",
    "read",
    "Gazetteer",
    "Place",
    "Kind",
    "Precision",
    "Language",
    # What a text may mean
    "Candidate",
    "Context",
    # Shapes and distances
    "Boundary",
    "Point",
    "boundaries",
    "province_at",
    "great_circle_km",
    # Failures
    "HierarchyError",
    "PlaceFileError",
    "UnknownPlaceError",
]
