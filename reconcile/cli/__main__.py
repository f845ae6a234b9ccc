"""`python -m reconcile.cli` is `tenantry`."""

from reconcile.cli.main import main

main()
