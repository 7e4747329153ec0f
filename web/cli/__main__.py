"""`python -m web.cli`: the same as the installed command `tillcard`."""

from web.cli.commands import main

main()
