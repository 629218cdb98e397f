"""Text from an AMQP URL or frame that is not what one would wish."""

from __future__ import annotations

import asyncio

import pytest

from meadow.core.amqp_address import addresses
from meadow.core.connections import Connection
from tests.contracts.source_amqp import source_of
from tests.contracts.source_reader import dispatcher, publish_raw, reading, send_numbers
from tests.servers.celery import Broker

pytestmark = pytest.mark.broker


async def test_text_that_is_not_utf8_does_not_end_the_connection(amqp_broker: Broker) -> None:
    source = source_of(amqp_broker.url)
    async with reading(source) as reader:
        since = source.state.since
        await asyncio.to_thread(_send_surrogates, amqp_broker)
        await asyncio.to_thread(send_numbers, amqp_broker, range(5))
        await reader.has(5)
        assert [m.content_type for m in reader.messages[:2]] == ["", "application/json"]
        assert reader.messages[0].body == b"{}"
        assert reader.messages[1].routing_key.startswith("task.?")
        assert source.state.since == since


def _send_surrogates(broker: Broker) -> None:
    """py-amqp writes a lone surrogate as three bytes that are no UTF-8."""
    publish_raw(broker, [(b"{}", "application/\ud800", "utf-8")])
    with dispatcher(broker) as events:
        events.send("task-\ud800")


@pytest.mark.parametrize(
    ("path", "vhost"),
    [
        ("", "/"),
        ("/", "/"),
        ("//", "/"),
        ("/%2F", "/"),
        ("/a", "a"),
        ("//a", "/a"),
        ("/a%2Fb", "a/b"),
        ("/a%252F", "a%2F"),
    ],
)
def test_the_vhost_is_read_as_kombu_reads_it(path: str, vhost: str) -> None:
    found = addresses(Connection(f"amqp://u%40x:p%2Fw@host:1234{path}"))[0]
    assert (found.user, found.password, found.host, found.port, found.vhost) == ("u@x", "p/w", "host", 1234, vhost)
