"""Pulumi's engine runs this folder; the program is found in the installed package."""

from stacks.program import main

main()
