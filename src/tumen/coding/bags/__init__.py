"""Evidence bags of sources: originals, texts, codings with their history, and the proofs that all of it is in the log.

gathering   what stands in a source, and what of it a mask lets out
describing  its records as JSON
writing     the bag
"""
