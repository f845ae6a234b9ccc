"""OData `$orderby` and `$search`: their texts enter, sort keys and a test for objects leave.

Microsoft documents what is refused, and mostly neither code nor words. "Sorting not supported for
current query" is what people quote who met it; the rest has the code of a query that is not
supported, a malformed search that of a malformed request, and words of our own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sandbox.contents import GraphObject
from sandbox.wire import Refusal, Request, refuse

_CLAUSE = re.compile(r'"(?P<name>\w+):(?P<text>(?:[^"\\]|\\.)*)"')
# Clauses are joined behind one's last quotation mark: a name may hold the words, too.
_JOINT = re.compile(r'(?<=[^\\]")\s+(?P<word>AND|OR)\s+(?=")')
# Graph cuts these into words; it compares the beginning of everything else.
_IN_WORDS = frozenset({"displayName", "description"})
_SEARCHABLE = _IN_WORDS | {
    "givenName",
    "mail",
    "mailNickname",
    "otherMails",
    "proxyAddresses",
    "surname",
    "userPrincipalName",
}
_SORTABLE = frozenset({"createdDateTime", "deletedDateTime", "displayName", "userPrincipalName"})

Test = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """By which property a listing is sorted, and in which direction."""

    name: str
    descending: bool

    def sorted(
        self, rows: Iterable[tuple[Any, GraphObject]], after: Any
    ) -> list[tuple[list[Any], GraphObject]]:
        """Sort the rows behind a place; null comes first, as the smallest value.

        The new place of an object is what it is sorted by, so that it holds while others go.
        """
        found = [(self._place(place, item), item) for place, item in rows]
        if after is not None:
            found = [
                row for row in found if (row[0] < after if self.descending else row[0] > after)
            ]
        return sorted(found, key=itemgetter(0), reverse=self.descending)

    def _place(self, place: Any, item: GraphObject) -> list[Any]:
        value = item.get(self.name)
        return [value is not None, str(value or "").lower(), place]


def order_of(request: Request, *, filtered: bool) -> Order | None:
    """Read `$orderby`; together with `$filter` it is an advanced query."""
    text = request.query.get("$orderby")
    if text is None:
        return None
    name, _, direction = text.strip().partition(" ")
    if direction.strip().lower() not in {"", "asc", "desc"} or name not in _SORTABLE:
        raise _unsupported(f"Unsupported sort property '{name}'.")
    advanced = request.eventual and request.query.get("$count", "").lower() == "true"
    if filtered and not advanced:
        raise _unsupported("Sorting not supported for current query.")
    return Order(name=name, descending=direction.strip().lower() == "desc")


def search_of(request: Request) -> Test | None:
    """Read `$search`, which only the index store answers."""
    text = request.query.get("$search")
    if text is None:
        return None
    if not request.eventual:
        raise _unsupported(
            "Request with $search query parameter only works through MSGraph with a special "
            "request header: 'ConsistencyLevel: eventual'"
        )
    pieces = _JOINT.split(text.strip())
    # `AND` binds more strongly than `OR`, as in `$filter`.
    either: list[list[Test]] = [[_clause(pieces[0])]]
    for word, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if word == "OR":
            either.append([_clause(piece)])
        else:
            either[-1].append(_clause(piece))
    return lambda item: any(all(test(item) for test in both) for both in either)


def _clause(text: str) -> Test:
    found = _CLAUSE.fullmatch(text.strip())
    if found is None:
        raise refuse(
            400,
            "BadRequest",
            f"Syntax error in '$search' at '{text}': a clause is written as \"property:value\".",
        )
    name, want = found["name"], found["text"].lower()
    if name not in _SEARCHABLE:
        raise _unsupported(f"Unsupported property '{name}' in '$search'.")

    def test(item: Mapping[str, Any]) -> bool:
        value = item.get(name)
        texts = value if isinstance(value, list) else [value]
        return any(_begins(name, one, want) for one in texts if isinstance(one, str))

    return test


def _begins(name: str, value: str, want: str) -> bool:
    have = value.lower()
    if name not in _IN_WORDS:
        return have.startswith(want)
    words = re.findall(r"\w+", have)
    return all(any(word.startswith(one) for word in words) for one in re.findall(r"\w+", want))


def _unsupported(message: str) -> Refusal:
    return refuse(400, "Request_UnsupportedQuery", message)
