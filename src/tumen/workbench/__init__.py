"""Settings, the shell of pages, and the commands assembled into `tumen`."""
