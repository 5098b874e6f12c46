"""Which records speak of the same person, act or incident: judgements and resolutions."""
