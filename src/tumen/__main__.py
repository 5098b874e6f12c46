"""`python -m tumen` and the `tumen` command."""

from tumen.workbench.cli import main

if __name__ == "__main__":
    main()
