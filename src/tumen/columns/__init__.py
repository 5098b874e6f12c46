"""Query and Mask as plain types; code columns in memory, facets and cross-tabulations over them."""
