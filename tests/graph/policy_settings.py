"""Policy settings for property tests: nothing enters, random settings in Graph's shapes leave."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ALL_USERS = {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]}
NO_USERS = {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]}

flags = st.sampled_from([None, True, False])
accesses = st.sampled_from([None, ALL_USERS, NO_USERS])


def members(keys: tuple[str, ...], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A complex member that speaks about some of its keys, or inherits."""
    some = st.dictionaries(st.sampled_from(keys), values, min_size=1)
    return st.one_of(st.none(), some)


trusts = members(("isMfaAccepted", "isCompliantDeviceAccepted"), flags)
consents = st.dictionaries(
    st.sampled_from(("inboundAllowed", "outboundAllowed")), flags, min_size=1
)
settings: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "inboundTrust": trusts,
        "automaticUserConsentSettings": consents,
        "b2bCollaborationInbound": members(("usersAndGroups", "applications"), accesses),
    },
)
