"""Query and Mask as plain types; code columns in memory, facets and cross-tabulations over them."""

from tumen.columns.mask import ALL, Mask, Masked

__all__ = ["ALL", "Mask", "Masked"]
