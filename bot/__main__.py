"""`python -m bot` is `turf`: what starts a process of its own needs no console script on the path."""

from bot.cli.main import main

main()
