"""What every test gets: no network but loopback, and hypothesis profiles."""

import ipaddress
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import witness

LOCAL_NAMES = frozenset({"", "localhost", "0.0.0.0", "::"})

settings.register_profile("default", max_examples=50, deadline=None)
settings.register_profile(
    "thorough",
    max_examples=2_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("default")

# Each file of these is a story of a minute on Pulumi's real engine.
LONG = ("tests/e2e_stacks/", "tests/sandbox_plugin/", "tests/bootstrap/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no process is left alone with it at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope="session", autouse=True)
def _witness() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        witness.watch(patch)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test in which a sandbox answered, or took, what Graph's documents do not have."""
    yield
    wrong = witness.taken()
    if wrong and not item.get_closest_marker("unwitnessed"):
        pytest.fail("\n".join(["not as published:", *wrong]), pytrace=False)


def _is_loopback(host: str) -> bool:
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    """Audit what Python does, since every socket passes here, whichever library opens it."""
    if event == "socket.connect":
        address = args[1]
        host = address[0] if isinstance(address, tuple) else "localhost"
    elif event == "socket.getaddrinfo":
        host = args[0] or "localhost"
    else:
        return
    name = host.decode() if isinstance(host, bytes) else str(host)
    if not _is_loopback(name):
        message = f"tests reach only loopback, and this one asks for {name}: serve it locally."
        raise RuntimeError(message)


sys.addaudithook(_refuse_network)
