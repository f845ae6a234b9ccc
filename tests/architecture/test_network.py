"""Tests reach nothing but loopback."""

import socket

import pytest


def test_a_test_cannot_reach_another_machine() -> None:
    with pytest.raises(RuntimeError, match="tests reach only loopback"):
        socket.create_connection(("192.0.2.1", 443), timeout=1)


def test_a_test_cannot_look_up_a_name_of_the_internet() -> None:
    with pytest.raises(RuntimeError, match=r"asks for graph\.microsoft\.com"):
        socket.getaddrinfo("graph.microsoft.com", 443)


def test_a_test_reaches_loopback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()

        with socket.create_connection(address, timeout=5) as client:
            assert client.getpeername() == address
