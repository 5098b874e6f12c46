"""The gazetteer: places of the region in three scripts, hierarchy, boundaries, precision classes."""
