"""The wire over kombu's own transports: the suite on the filesystem, and a transport that does not answer."""

from __future__ import annotations

import pytest

from meadow.control.commands.ping import Ping
from meadow.control.wire import Wire
from meadow.control.wires.kombu import KombuWire
from meadow.core.connections import Connection
from meadow.core.errors import BrokerUnavailable
from tests.contracts.wire_suite import WireSuite, question
from tests.servers.celery import Broker


class TestKombuWire(WireSuite):
    @pytest.fixture
    def broker(self, file_broker: Broker) -> Broker:
        return file_broker

    def make(self, connection: Connection) -> Wire:
        return KombuWire(connection)


async def test_a_transport_that_cannot_work_says_so() -> None:
    wire = KombuWire(
        Connection("filesystem://", transport_options=(("data_folder_out", "/none"), ("data_folder_in", "/none")))
    )
    with pytest.raises(BrokerUnavailable):
        await wire.ask(question(Ping(), within_s=2.0))
    await wire.close()
