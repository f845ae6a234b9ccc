"""Run the benchmarks: names enter, a table of figures with their limits leaves; 1 on a miss."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from bench import creates, rules, sandbox, standing, unchanged, validate
from bench.figures import Figure, table

BENCHES: dict[str, Callable[[int], list[Figure]]] = {
    "validate": validate.measure,
    "creates": creates.measure,
    "unchanged": unchanged.measure,
    "rules": rules.measure,
    "standing": standing.measure,
    "sandbox": sandbox.measure,
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(sorted(BENCHES)))
@click.option("--people", default=10_000, show_default=True, help="people on each side")
def main(names: tuple[str, ...], people: int) -> None:
    """Measure, and say where a limit was missed."""
    figures: list[Figure] = []
    for name in names or BENCHES:
        click.echo(f"{name} …", err=True)
        figures += BENCHES[name](people)
    click.echo(table(figures))
    sys.exit(any(figure.missed for figure in figures))


if __name__ == "__main__":
    main()
