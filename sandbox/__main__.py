"""`python -m sandbox`: the sandbox's command line without the rest of the program."""

from sandbox.cli import sandbox

if __name__ == "__main__":
    sandbox(prog_name="python -m sandbox")
