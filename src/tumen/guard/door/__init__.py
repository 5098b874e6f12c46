"""Pages of the door: locking, logins, accounts, the audit."""
