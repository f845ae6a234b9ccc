"""Writing people into the target: a person and properties enter, users and audit entries leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.calls.user_rules import check_unique, checked, merged
from sandbox.clock import stamp
from sandbox.contents import GraphObject
from sandbox.logs import SYNC_FABRIC, Audit, Modified, changes
from sandbox.native.attributes import HOME, Person, is_external, net_id
from sandbox.native.mapping import MappingError
from sandbox.store import Directory
from sandbox.wire import Refusal

_LONGEST_NICKNAME = 64


@dataclass(slots=True)
class Writer:
    """Makes, changes, deletes and restores users of one target, as Entra's synchronization."""

    target: Directory
    _homes: dict[str, str] | None = None

    def match(self, person: Person) -> GraphObject | None:
        """Find whom the person already is in the target.

        People who redeemed an invitation are known by their home account. Entra says that two with
        one mail become one; so here an external user with the person's address is the person.
        """
        if self._homes is None:
            users = self.target.users.values()
            self._homes = {user[HOME]: user["id"] for user in users if HOME in user}
        found = self._homes.get(net_id(person.tenant_id, person.user["id"]))
        if found in self.target.users:
            return self.target.users[str(found)]
        for user_id in self._with_address(person):
            if is_external(self.target.users[user_id]):
                return self.target.users[user_id]
        return None

    def _with_address(self, person: Person) -> list[str]:
        index = self.target.index
        found: dict[str, None] = {}
        for address in {_address(person): None, str(person.user["userPrincipalName"]): None}:
            for name in ("mail", "otherMails", "userPrincipalName"):
                found.update(dict.fromkeys(index.find(name, address)))
            found.update(dict.fromkeys(index.find("proxyAddresses", f"smtp:{address}")))
        return list(found)

    def create(
        self, person: Person, wanted: Mapping[str, Any]
    ) -> tuple[GraphObject, tuple[Modified, ...]]:
        """Make an external user that is accepted at once; raises a MappingError."""
        self._require_domain(person)
        self._require_free(person)
        self._require_invitations()
        properties = self._checked({**wanted, "userPrincipalName": self._name(person)})
        mail = properties.get("mail")
        made = {
            "accountEnabled": True,
            "creationType": self._creation_type(),
            "displayName": person.user.get("displayName"),
            "mailNickname": person.name.partition("@")[0][:_LONGEST_NICKNAME],
            "proxyAddresses": [f"SMTP:{mail}"] if mail else [],
            "userType": "Member",
            **merged({"onPremisesExtensionAttributes": {}, "proxyAddresses": []}, properties),
            **self._standing(person),
            "otherMails": [_address(person)],
        }
        try:
            check_unique(self.target, "", made)
        except Refusal as refused:
            raise _refused(refused) from refused
        user = self.target.users[self.target.add_user(made)]
        modified = changes({}, wanted)
        self._note("Add user", user, modified)
        if self._homes is not None:
            self._homes[user[HOME]] = user["id"]
        return user, modified

    def _creation_type(self) -> str | None:
        # Whether synchronized users carry it is not documented.
        marked = self.target.store.switches.synchronized_users_are_invitations
        return "Invitation" if marked else None

    def _standing(self, person: Person) -> dict[str, Any]:
        """Return what makes an external user somebody whom another tenant vouches for."""
        return {
            HOME: net_id(person.tenant_id, person.user["id"]),
            "externalUserState": "Accepted",
            "externalUserStateChangeDateTime": stamp(self.target.clock.now()),
            "identities": [
                {
                    "signInType": "federated",
                    "issuer": "ExternalAzureAD",
                    "issuerAssignedId": None,
                },
                {
                    "signInType": "userPrincipalName",
                    "issuer": self.target.initial_domain,
                    "issuerAssignedId": self._name(person),
                },
            ],
        }

    def _name(self, person: Person, user_id: str = "") -> str:
        """Return the name in the target: the name at home, marked."""
        stem = f"{person.user['userPrincipalName'].replace('@', '_')}#EXT#"
        name, number = f"{stem}@{self.target.initial_domain}", 1
        while set(self.target.index.find("userPrincipalName", name)) - {user_id}:
            name, number = f"{stem}{number}@{self.target.initial_domain}", number + 1
        return name

    def _require_domain(self, person: Person) -> None:
        home = self.target.store.tenants[person.tenant_id]
        domain = _address(person).rpartition("@")[2].lower()
        if domain not in home.verified_domains:
            raise MappingError(
                "InvalidDomain", f"The source has not verified the domain of {_address(person)}."
            )

    def _require_free(self, person: Person) -> None:
        taken = self._with_address(person)
        if taken:
            raise MappingError(
                "EntryConflict",
                f"An internal user of the target, {taken[0]}, has the address {_address(person)}.",
            )

    def _require_invitations(self) -> None:
        if self.target.authorization_policy["allowInvitesFrom"] == "none":
            raise MappingError(
                "AzureActiveDirectoryForbidden", "Guest invitations not allowed for your company."
            )

    def _checked(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return checked(self.target, properties)
        except Refusal as refused:
            raise _refused(refused) from refused

    def update(
        self, person: Person, user: GraphObject, wanted: Mapping[str, Any]
    ) -> tuple[Modified, ...]:
        """Write what differs and return it; raises a MappingError."""
        properties = dict(wanted)
        if "userPrincipalName" in properties:
            properties["userPrincipalName"] = self._name(person, user["id"])
        different = {
            name: value for name, value in properties.items() if _differs(user, name, value)
        }
        written = self._checked(different)
        if user.get(HOME) != net_id(person.tenant_id, person.user["id"]) and HOME not in user:
            written |= self._standing(person)
        if not written:
            return ()
        try:
            complete = merged(user, written)
            check_unique(self.target, user["id"], complete)
        except Refusal as refused:
            raise _refused(refused) from refused
        self.target.patch_user(user["id"], complete)
        modified = changes(user, different)
        self._note("Update user", user, modified)
        return modified

    def delete(self, user: GraphObject) -> tuple[Modified, ...]:
        """Move a user to the deleted items."""
        self.target.delete_user(user["id"])
        self._note("Delete user", user, ())
        return (Modified("IsSoftDeleted", old=False, new=True),)

    def restore(self, user_id: str) -> tuple[GraphObject, tuple[Modified, ...]]:
        """Bring a deleted user back; raises a MappingError when somebody has the name by now."""
        deleted = self.target.deleted_users[user_id]
        name = self.target.name_before_deletion(deleted)
        try:
            check_unique(self.target, user_id, {**deleted, "userPrincipalName": name})
        except Refusal as refused:
            raise _refused(refused) from refused
        user = self.target.restore_user(user_id)
        self._note("Restore user", user, ())
        return user, (Modified("IsSoftDeleted", old=True, new=False),)

    def set_manager(self, user_id: str, manager_id: str) -> bool:
        """Make somebody a user's manager; says whether that changed anything."""
        if self.target.manager.get(user_id) == manager_id:
            return False
        change = (Modified("Manager", self.target.manager.get(user_id), manager_id),)
        self.target.set_manager(user_id, manager_id)
        self._note("Set user manager", self.target.users[user_id], change)
        return True

    def _note(self, activity: str, user: GraphObject, modified: tuple[Modified, ...]) -> None:
        self.target.audits.add(
            Audit(
                at=self.target.clock.now(),
                category="UserManagement",
                activity=activity,
                service="Core Directory",
                actor=SYNC_FABRIC,
                target_type="User",
                target_id=user["id"],
                target_name=user.get("displayName"),
                principal_name=user["userPrincipalName"],
                modified=modified,
            )
        )


def _address(person: Person) -> str:
    return str(person.user.get("mail") or person.user["userPrincipalName"])


def _differs(user: Mapping[str, Any], name: str, value: Any) -> bool:
    if isinstance(value, Mapping):
        held = user.get(name) or {}
        return any(held.get(inner) != one for inner, one in value.items())
    return bool(user.get(name) != value)


def _refused(refused: Refusal) -> MappingError:
    error = refused.answer.body["error"]
    return MappingError(error["code"], error["message"])
