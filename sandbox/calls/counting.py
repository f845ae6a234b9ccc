"""Counting what a listing lists: a listing enters, the call that answers its number leaves."""

from __future__ import annotations

from sandbox.odata import canonical
from sandbox.routes.route import Call
from sandbox.store import Directory
from sandbox.wire import Answer, Request, refuse

# The published options of `$count`; which answer another one has is not documented.
_OPTIONS = frozenset({"$filter", "$search"})


def counted(listing: Call) -> Call:
    """Return the call GET …/$count, which answers plain text."""

    def count(tenant: Directory, request: Request) -> Answer:
        if not request.eventual:
            raise refuse(400, "Request_BadRequest", "$count is not currently supported.")
        query = canonical(request).query
        for name in query:
            if name.startswith("$") and name not in _OPTIONS:
                raise refuse(400, "BadRequest", f"The query parameter '{name}' is not supported.")
        found = listing(tenant, request.asking({**query, "$count": "true", "$top": "1"}))
        return Answer(
            status=200,
            body=str(found.body["@odata.count"]).encode(),
            headers={"content-type": "text/plain"},
        )

    return count
