"""The command line: one file a command, and `wiring.py`, where the rooms meet."""
