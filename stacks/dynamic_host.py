"""Pulumi's engine asks for our dynamic resources; its own provider answers, and ends with it."""

from __future__ import annotations

import os
import runpy

from stacks.orphans import when_orphaned


def main() -> None:
    """Serve one engine, as `python -m pulumi.dynamic` does, but never outlive it."""
    when_orphaned(lambda: os._exit(1))
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
