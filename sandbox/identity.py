"""The identity platform: a tenant's name and a proof enter, an app-only token leaves."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from sandbox import aadsts
from sandbox.app_secrets import judge_secret
from sandbox.assertions import judge_assertion
from sandbox.clock import Clock
from sandbox.consent import GRAPH_APP_ID
from sandbox.keys import SigningKey
from sandbox.store import Directory, Store
from sandbox.wire import Answer, Caller, Refusal, refuse

GRAPH = "https://graph.microsoft.com"
TOKEN_SECONDS = 3599
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_REMEMBERED_TOKENS = 10_000


@dataclass(frozen=True, slots=True)
class _Seen:
    """A token whose signature was verified: who holds it, and from when until when."""

    caller: Caller
    starts: int
    expires: int


class Identity:
    """Issues and judges tokens for every tenant of one sandbox."""

    def __init__(self, *, store: Store, clock: Clock, origin: str, key: SigningKey) -> None:
        """Serve the store's tenants under the origin, and sign with the key."""
        self._store, self._clock, self._key = store, clock, key
        self.origin = origin.rstrip("/")
        self._seen: dict[str, _Seen] = {}

    def answer(
        self, method: str, path: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Answer discovery, key set, cloud metadata and token requests."""
        try:
            if path == "/metadata/endpoints":
                return Answer(status=200, body=self._cloud())
            name, _, endpoint = path.lstrip("/").partition("/")
            match method, endpoint:
                case "GET", "v2.0/.well-known/openid-configuration":
                    return Answer(status=200, body=self._discovery(name))
                case "GET", "discovery/v2.0/keys":
                    return Answer(status=200, body=self._key.key_set())
                case "POST", "oauth2/v2.0/token":
                    return self._token(name, form)
                case _:
                    raise aadsts.unknown_endpoint(method, path)
        except aadsts.TokenProblem as problem:
            return problem.answer(self._clock.now(), headers.get("client-request-id"))

    def issue(self, tenant_id: str, app_id: str) -> str:
        """Issue a token without asking for a proof: the way in for tests of the same process."""
        return self._issue(self._store.tenants[tenant_id], app_id, self.origin)

    def caller(self, authorization: str | None) -> Caller:
        """Return who calls Graph.

        Raises:
            Refusal: with Graph's 401 when the token is missing, foreign, expired or misdirected.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise self._unauthenticated("Access token is empty.")
        seen = self._seen.get(token) or self._verified(token)
        if not seen.starts <= self._clock.now().timestamp() < seen.expires:
            raise self._unauthenticated("Lifetime validation failed, the token is expired.")
        return seen.caller

    def assertion(self, *, issuer: str, subject: str, audience: str) -> str:
        """Sign a workload's token in the name of any outside issuer, such as a build system's."""
        now = int(self._clock.now().timestamp())
        times = {"iat": now, "nbf": now, "exp": now + 600, "jti": secrets.token_hex(16)}
        return self._key.sign({"iss": issuer, "sub": subject, "aud": audience} | times)

    def _verified(self, token: str) -> _Seen:
        try:
            claims = self._key.verify(token)
        except jwt.InvalidSignatureError:
            raise self._unauthenticated("Signature verification failed.") from None
        except jwt.InvalidTokenError:
            raise self._unauthenticated("CompactToken parsing failed.") from None
        if claims["aud"] not in self._audiences() or claims.get("tid") not in self._store.tenants:
            raise self._unauthenticated("Access token validation failure. Invalid audience.")
        caller = Caller(
            tenant_id=claims["tid"],
            app_id=claims["appid"],
            permissions=frozenset(claims["roles"]),
        )
        if len(self._seen) >= _REMEMBERED_TOKENS:
            self._seen.clear()
        self._seen[token] = _Seen(caller, claims["nbf"], claims["exp"])
        return self._seen[token]

    def _audiences(self) -> tuple[str, ...]:
        return (self.origin, GRAPH, GRAPH_APP_ID)

    def _unauthenticated(self, message: str) -> Refusal:
        refused = refuse(401, "InvalidAuthenticationToken", message)
        authorize = f'authorization_uri="{self.origin}/common/oauth2/authorize"'
        challenge = f'Bearer realm="", {authorize}, client_id="{GRAPH_APP_ID}"'
        refused.answer.headers["WWW-Authenticate"] = challenge
        return refused

    def _cloud(self) -> dict[str, Any]:
        """Describe the cloud as the Go SDKs read it."""
        return {
            "name": "Sandbox",
            "resourceManager": self.origin,
            "microsoftGraphResourceId": self.origin,
            "authentication": {
                "loginEndpoint": f"{self.origin}/",
                "audiences": [self.origin],
                "tenant": "common",
                "identityProvider": "AAD",
            },
            "suffixes": {},
        }

    def _tenant(self, name: str, error: str) -> Directory:
        """Find a tenant by its id or by one of its domains."""
        found = self._store.tenants.get(name.lower()) or self._store.by_domain(name)
        if found is None:
            raise aadsts.unknown_tenant(name, error)
        return found

    def _root(self, tenant: Directory) -> str:
        return f"{self.origin}/{tenant.tenant_id}"

    def _endpoints(self, tenant: Directory) -> set[str]:
        """Name the token endpoint and the issuer, by the tenant's id and by its domains."""
        return {
            f"{self.origin}/{name}/{end}".lower()
            for name in (tenant.tenant_id, *tenant.verified_domains)
            for end in ("oauth2/v2.0/token", "v2.0")
        }

    def _discovery(self, name: str) -> dict[str, Any]:
        root = self._root(self._tenant(name, "invalid_tenant"))
        return {
            "token_endpoint": f"{root}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "jwks_uri": f"{root}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{root}/v2.0",
            "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
            "end_session_endpoint": f"{root}/oauth2/v2.0/logout",
            "cloud_instance_name": "microsoftonline.com",
            "msgraph_host": "graph.microsoft.com",
        }

    def _token(self, name: str, form: Mapping[str, str]) -> Answer:
        tenant = self._tenant(name, "invalid_request")
        resource = self._resource(tenant, form)
        self._judge_client(tenant, form)
        granted = {
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "ext_expires_in": TOKEN_SECONDS,
            "access_token": self._issue(tenant, form["client_id"].lower(), resource),
        }
        unstored = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"}
        return Answer(status=200, body=granted, headers=unstored)

    def _resource(self, tenant: Directory, form: Mapping[str, str]) -> str:
        """Return for whom a token is asked, in a request that is complete."""
        for needed in ("grant_type", "client_id", "scope"):
            if not form.get(needed):
                raise aadsts.missing_parameter(needed)
        if form["grant_type"] != "client_credentials":
            raise aadsts.unsupported_grant(form["grant_type"])
        scope = form["scope"]
        if not scope.endswith("/.default"):
            raise aadsts.wrong_scope(scope)
        resource = scope.removesuffix("/.default").rstrip("/")
        if resource not in self._audiences():
            raise aadsts.unknown_resource(resource, tenant.display_name)
        return resource

    def _judge_client(self, tenant: Directory, form: Mapping[str, str]) -> None:
        """Refuse a client that does not prove to be the application."""
        app_id = form["client_id"].lower()
        application = self._application(tenant, app_id)
        if form.get("client_assertion_type") == JWT_BEARER:
            judge_assertion(
                form.get("client_assertion", ""),
                application=application,
                audiences=self._endpoints(tenant),
                key=self._key,
                now=self._clock.now(),
            )
            return
        if "client_secret" not in form:
            raise aadsts.missing_proof()
        judge_secret(
            form["client_secret"],
            application=application,
            texts=tenant.registrations.passwords,
            now=self._clock.now(),
        )

    def _application(self, tenant: Directory, app_id: str) -> Mapping[str, Any]:
        """Return an application that may sign in to the tenant, if it proves to be the one."""
        application = tenant.registrations.application_of(app_id)
        principal = tenant.registrations.principal_of(app_id)
        if application is None or principal is None:
            raise aadsts.unknown_application(app_id, tenant.display_name)
        if principal.get("accountEnabled") is False:
            raise aadsts.disabled_application(app_id, application["displayName"])
        return application

    def _issue(self, tenant: Directory, app_id: str, resource: str) -> str:
        """Sign what Graph reads in a token; permissions are those consented at this moment."""
        now = int(self._clock.now().timestamp())
        principal = tenant.registrations.principal_of(app_id)
        principal_id = principal["id"] if principal else app_id
        return self._key.sign(
            {
                "aud": resource,
                "iss": f"{self._root(tenant)}/v2.0",
                "iat": now,
                "nbf": now,
                "exp": now + TOKEN_SECONDS + 1,
                "appid": app_id,
                "idtyp": "app",
                "oid": principal_id,
                "sub": principal_id,
                "tid": tenant.tenant_id,
                "roles": sorted(tenant.registrations.granted(app_id)),
                "uti": secrets.token_urlsafe(16),
                "ver": "1.0",
            }
        )
