"""The table of the documentation: the examples enter, a line for each call leaves.

`python -m tests.sandbox_examples.table` writes it into docs/sandbox.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from tests.sandbox_examples.documented import EXCUSES, Example, examples, excluded
from tests.sandbox_examples.replaying import replayed

PAGE = Path(__file__).parents[2] / "docs" / "sandbox.md"
BEGIN, END = "<!-- examples: begin -->\n", "<!-- examples: end -->\n"
REPLAYED, OPEN = "replayed", "open"


@cache
def judgements() -> tuple[tuple[str, str], ...]:
    """Return each example's call and what became of it: replayed, open, or why excluded."""
    return tuple((example.call, _judged(example)) for example in examples())


def _judged(example: Example) -> str:
    reason = excluded(example)
    if reason is not None and reason not in EXCUSES:
        return reason
    return (reason or OPEN) if replayed(example) else REPLAYED


def table() -> str:
    """Return the table, with a line of sums at its end."""
    calls: dict[str, Counter[str]] = defaultdict(Counter)
    for call, judgement in judgements():
        calls[call][judgement] += 1
    lines = ["| call | examples | replayed | open | excluded |", "|---|---|---|---|---|"]
    lines += [_line(f"`{call}`", calls[call]) for call in sorted(calls, key=_by_path)]
    lines.append(_line("all", sum(calls.values(), Counter())))
    return "\n".join(lines) + "\n"


def _by_path(call: str) -> tuple[str, str]:
    method, _, path = call.partition(" ")
    return path.lower(), method


def _line(name: str, counts: Counter[str]) -> str:
    codes = sorted(code for code in counts if code not in {REPLAYED, OPEN})
    reasons = ", ".join(f"{counts[code]} {code}" for code in codes)
    numbers = (sum(counts.values()), counts[REPLAYED], counts[OPEN])
    return f"| {name} | {' | '.join(str(one) for one in numbers)} | {reasons} |"


def written(page: str) -> str:
    """Return a page with today's table between its two marks."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
