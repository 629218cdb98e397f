"""A Redis that does not answer keeps no socket of a source open once that is closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from meadow.core.connections import Connection
from meadow.ingest.sources.redis import RedisSource
from tests.contracts.source_reader import reading
from tests.servers.certificates import Certificates
from tests.servers.deadlines import until
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.broker


@pytest.fixture
def server(tmp_path: Path, certificates: Certificates) -> Iterator[RedisServer]:
    """One that a test may pause, with a password."""
    made = RedisServer(tmp_path, certificates=certificates, password="secret")
    try:
        made.start()
        yield made
    finally:
        made.resume()
        made.stop()


async def test_a_tls_connection_ends_without_the_servers_goodbye(server: RedisServer) -> None:
    source = RedisSource(Connection(f"{server.tls_url()}?ssl_cert_reqs=CERT_NONE"))
    async with reading(source):
        assert sockets_to(server.tls_port)
        server.pause()
    assert not sockets_to(server.tls_port)


async def test_a_connection_whose_password_was_not_answered_ends(server: RedisServer) -> None:
    server.pause()
    source = RedisSource(Connection(server.url()))
    async with reading(source, connected=False):
        await until(lambda: sockets_to(server.port), "a connection that waits for an answer")
    assert not sockets_to(server.port)


def sockets_to(port: int) -> list[object]:
    connections = psutil.Process().net_connections("tcp")
    return [one for one in connections if one.raddr and one.raddr.port == port]
