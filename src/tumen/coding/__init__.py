"""What a passage says: claims, each of one source, and the evidence they rest on."""
