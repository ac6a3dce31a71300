"""`python -m hermosis` is the command `hermosis`."""

from hermosis.cli import main

raise SystemExit(main())
