"""The identity platform's refusals: a reason enters, the error body that clients search leaves."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from sandbox.wire import Answer


class TokenProblem(Exception):  # noqa: N818 - an answer to the client, not a fault of the sandbox
    """Why no token is issued: the number that clients branch on, and the words they show."""

    def __init__(self, code: int, message: str, *, status: int = 400, error: str) -> None:
        """Keep the parts of the refusal."""
        super().__init__(message)
        self.code, self.status, self.error = code, status, error

    def answer(self, now: datetime, correlation: str | None) -> Answer:
        """Write the refusal as the token endpoint does."""
        trace = str(uuid.UUID(bytes=secrets.token_bytes(16)))
        correlation = correlation or trace
        moment = now.strftime("%Y-%m-%d %H:%M:%SZ")
        ids = f"Trace ID: {trace} Correlation ID: {correlation} Timestamp: {moment}"
        return Answer(
            status=self.status,
            body={
                "error": self.error,
                "error_description": f"AADSTS{self.code}: {self} {ids}",
                "error_codes": [self.code],
                "timestamp": moment,
                "trace_id": trace,
                "correlation_id": correlation,
            },
            headers={"Cache-Control": "no-store, no-cache"},
        )


def unknown_endpoint(method: str, path: str) -> TokenProblem:
    message = f"The endpoint {path} does not accept {method} requests."
    return TokenProblem(900561, message, status=404, error="invalid_request")


def unknown_tenant(name: str, error: str) -> TokenProblem:
    message = (
        f"Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are "
        "signing into the correct cloud. Check with your subscription administrator, this may "
        "happen if there are no active subscriptions for the tenant."
    )
    return TokenProblem(90002, message, error=error)


def missing_parameter(name: str) -> TokenProblem:
    message = f"The request body must contain the following parameter: '{name}'."
    return TokenProblem(900144, message, error="invalid_request")


def unsupported_grant(grant: str) -> TokenProblem:
    message = f"The app requested an unsupported grant type '{grant}'."
    return TokenProblem(70003, message, error="unsupported_grant_type")


def wrong_scope(scope: str) -> TokenProblem:
    message = (
        f"The provided value for scope {scope} is not valid. Client credential flows must have a "
        "scope value with /.default suffixed to the resource identifier (application ID URI)."
    )
    return TokenProblem(1002012, message, error="invalid_scope")


def unknown_resource(resource: str, tenant: str) -> TokenProblem:
    message = f"The resource principal named {resource} was not found in the tenant named {tenant}."
    return TokenProblem(500011, message, error="invalid_resource")


def unknown_application(app_id: str, tenant: str) -> TokenProblem:
    message = (
        f"Application with identifier '{app_id}' was not found in the directory '{tenant}'. This "
        "can happen if the application has not been installed by the administrator of the tenant "
        "or consented to by any user in the tenant. You may have sent your authentication request "
        "to the wrong tenant."
    )
    return TokenProblem(700016, message, error="unauthorized_client")


def disabled_application(app_id: str, name: str) -> TokenProblem:
    # The number is documented; the status, `error` and when it is looked at are not.
    message = f"Application '{app_id}'({name}) is disabled."
    return TokenProblem(7000112, message, error="unauthorized_client")


def missing_proof() -> TokenProblem:
    message = "The request body must contain: 'client_assertion' or 'client_secret'."
    return TokenProblem(7000218, message, status=401, error="invalid_client")


def wrong_secret(app_id: str) -> TokenProblem:
    message = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client "
        f"secret value, not the client secret ID, for a secret added to app '{app_id}'."
    )
    return TokenProblem(7000215, message, status=401, error="invalid_client")


def expired_secret(app_id: str) -> TokenProblem:
    message = (
        f"The provided client secret keys for app '{app_id}' are expired. Create new keys for "
        "your app, or consider using certificate credentials for added security."
    )
    return TokenProblem(7000222, message, status=401, error="invalid_client")


def malformed_assertion() -> TokenProblem:
    return TokenProblem(50027, "JWT token is invalid or malformed.", error="invalid_request")


def untimely_assertion() -> TokenProblem:
    message = "Client assertion is not within its valid time range."
    return TokenProblem(700024, message, status=401, error="invalid_client")


def misdirected_assertion() -> TokenProblem:
    message = "Client assertion audience claim does not match Realm issuer."
    return TokenProblem(700023, message, status=401, error="invalid_client")


def unknown_certificate(reason: str) -> TokenProblem:
    # The number is documented for every certificate that proves nothing; the reasons are not.
    message = (
        "The certificate with identifier used to sign the client assertion is not registered on "
        f"application. [Reason - {reason}]"
    )
    return TokenProblem(700027, message, status=401, error="invalid_client")


def unknown_workload(issuer: object, subject: object, audience: object) -> TokenProblem:
    # The status and `error` beside AADSTS70021 are not documented; clients branch on neither.
    message = (
        "No matching federated identity record found for presented assertion. Assertion Issuer: "
        f"'{issuer}'. Assertion Subject: '{subject}'. Assertion Audience: '{audience}'."
    )
    return TokenProblem(70021, message, error="invalid_request")
