"""The people who change things: wishes enter, calls by Microsoft's own clients leave.

`azure-identity` and `msgraph-sdk` are used as they are on a tenant; only the address differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self, cast

from azure.identity.aio import ClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.reference_update import ReferenceUpdate
from msgraph.generated.models.user import User
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient

from sandbox.seeds import sandbox_id

_SHOWN = ["id", "displayName", "mail", "accountEnabled", "userType", "jobTitle", "department"]
_Request = UserItemRequestBuilder.UserItemRequestBuilderGetRequestConfiguration
_Search = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
_SearchRequest = UsersRequestBuilder.UsersRequestBuilderGetRequestConfiguration
_Query = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters
_FIRST_PASSWORD = "Welcome-to-1-sandbox"  # noqa: S105 - nobody signs in to a sandbox


class Person(Protocol):
    """What is read of a user; msgraph-sdk's own class has all of it."""

    id: str
    display_name: str
    mail: str | None
    account_enabled: bool
    user_type: str


class Administrator:
    """An administrator of one tenant, at the portal or a script."""

    def __init__(self, alias: str, variables: Mapping[str, str]) -> None:
        """Sign in when it is first needed."""
        self._origin = variables["TENANTRY_SANDBOX_ORIGIN"]
        self._credential = ClientSecretCredential(
            sandbox_id(f"tenant:{alias}"),
            sandbox_id(f"app:{alias}:administrator"),
            variables["TENANTRY_SANDBOX_SECRET"],
            authority=self._origin,
            disable_instance_discovery=True,
        )
        provider = AzureIdentityAuthenticationProvider(
            self._credential,
            scopes=[f"{self._origin}/.default"],
            allowed_hosts=["127.0.0.1"],
        )
        adapter = GraphRequestAdapter(provider)
        adapter.base_url = f"{self._origin}/v1.0"
        self._graph = GraphServiceClient(request_adapter=adapter)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._credential.close()

    async def look_at(self, person: str) -> Person:
        """One user, as the portal shows it."""
        wanted = _Request(query_parameters=_Query(select=_SHOWN))
        found = await self._graph.users.by_user_id(person).get(request_configuration=wanted)
        return cast("Person", found)

    async def find(self, address: str) -> Person:
        """The user with a mail address."""
        query = _Search(filter=f"mail eq '{address}'", select=_SHOWN)
        found = await self._graph.users.get(
            request_configuration=_SearchRequest(query_parameters=query)
        )
        return cast("Person", found.value[0])

    async def hire(self, name: str, address: str, group: str, **more: str) -> str:
        """Make an account and put it into a group."""
        local = address.partition("@")[0]
        made = await self._graph.users.post(
            User(
                account_enabled=True,
                display_name=name,
                mail_nickname=local.replace(".", ""),
                user_principal_name=address,
                mail=address,
                password_profile=PasswordProfile(password=_FIRST_PASSWORD),
                **more,
            )
        )
        member = ReferenceCreate(odata_id=f"{self._origin}/v1.0/directoryObjects/{made.id}")
        await self._graph.groups.by_group_id(group).members.ref.post(member)
        return str(made.id)

    async def change(self, person: str, **more: str | bool) -> None:
        """Change attributes of a user."""
        await self._graph.users.by_user_id(person).patch(User(**more))

    async def remove(self, person: str) -> None:
        """Delete an account."""
        await self._graph.users.by_user_id(person).delete()

    async def set_manager(self, person: str, manager: str) -> None:
        """Make somebody the manager of somebody."""
        reference = ReferenceUpdate(odata_id=f"{self._origin}/v1.0/users/{manager}")
        await self._graph.users.by_user_id(person).manager.ref.put(reference)
