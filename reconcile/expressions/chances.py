"""Functions of chance, drawn from a seed: the same person gets the same value in every cycle.

So a plan can be shown, compared and repeated. What is drawn is no secret: whoever knows the ids of
a person and a mapping can draw it, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import count
from string import ascii_lowercase, ascii_uppercase, digits

from reconcile.expressions.failures import EvaluationError
from reconcile.expressions.values import Value, number_of, text_of

LONGEST = 256
# The special characters of Windows' rules on passwords, which the page on RandomString names.
SPECIAL = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/"


def guid(seed: str) -> str:
    """Draw a GUID of the random kind."""
    drawn = hashlib.blake2b(seed.encode(), digest_size=16).hexdigest()
    variant = "89ab"[int(drawn[16], 16) % 4]
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-{variant}{drawn[17:20]}-{drawn[20:]}"


def random_string(seed: str, length: Value, *limits: Value) -> str:
    """Draw a text; `limits` are the least digits, special, upper and lower letters, and what to
    avoid.

    Raises:
        EvaluationError: the limits cannot be kept.
    """
    size = number_of(length, "RandomString")
    least = [number_of(one, "RandomString") for one in limits[:4]]
    avoided = text_of(limits[4]) or "" if len(limits) > 4 else ""
    kinds = [
        _without(kind, avoided) for kind in (digits, SPECIAL, ascii_uppercase, ascii_lowercase)
    ]
    _require(size, least, kinds)
    draws = _draws(seed)
    chosen = [
        _one(draws, kind) for kind, number in zip(kinds, least, strict=True) for _ in range(number)
    ]
    # Beyond the least numbers, only kinds that were asked for are drawn, as in the examples.
    asked = [kind for kind, number in zip(kinds, least, strict=True) if number]
    rest = "".join(asked or [kinds[0], kinds[2], kinds[3]])
    chosen += [_one(draws, rest) for _ in range(size - len(chosen))]
    return "".join(_shuffled(draws, chosen))


def _without(kind: str, avoided: str) -> str:
    return "".join(one for one in kind if one not in avoided)


def _require(size: int, least: Sequence[int], kinds: Sequence[str]) -> None:
    if not 0 < size <= LONGEST or min(least) < 0 or sum(least) > size:
        message = (
            f"RandomString takes a length of 1 to {LONGEST} that the least numbers fit in, not "
            f"{size} for {' + '.join(map(str, least))}."
        )
        raise EvaluationError(message)
    empty = any(number and not kind for number, kind in zip(least, kinds, strict=True))
    if empty or not (kinds[0] + kinds[2] + kinds[3]):
        message = "RandomString avoids every character of a kind that it has to draw."
        raise EvaluationError(message)


def _draws(seed: str) -> Iterator[int]:
    for number in count():
        block = hashlib.blake2b(f"{seed}\0{number}".encode(), digest_size=64).digest()
        for start in range(0, 64, 4):
            yield int.from_bytes(block[start : start + 4], "big")


def _one(draws: Iterator[int], kind: str) -> str:
    return kind[next(draws) % len(kind)]


def _shuffled(draws: Iterator[int], chosen: list[str]) -> list[str]:
    return [one for _, one in sorted((next(draws), one) for one in chosen)]
