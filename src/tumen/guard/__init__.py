"""Who may see what: users, compartments, masks, sealed identities."""
