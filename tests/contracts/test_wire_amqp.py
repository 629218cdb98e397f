"""The wire over RabbitMQ: the suite, and what only RabbitMQ does."""

from __future__ import annotations

import pytest

from meadow.control.commands.ping import Ping
from meadow.control.wire import Wire
from meadow.control.wires.amqp import AmqpWire
from meadow.core.connections import Connection
from meadow.core.errors import BrokerRefused, BrokerUnavailable
from tests.contracts.wire_suite import PONG, StartWorker, WireSuite, answering, question
from tests.servers.celery import Broker
from tests.servers.certificates import Certificates
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.broker
W1 = frozenset({"w1@test"})


class TestAmqpWire(WireSuite):
    @pytest.fixture
    def broker(self, amqp_broker: Broker) -> Broker:
        return amqp_broker

    def make(self, connection: Connection) -> Wire:
        return AmqpWire(connection)

    async def test_a_restart_between_two_commands(
        self, broker: Broker, wire: Wire, worker: StartWorker, rabbitmq: RabbitMQ
    ) -> None:
        worker(broker)
        await answering(wire, "w1@test")
        rabbitmq.stop_broker()
        with pytest.raises(BrokerUnavailable, match="nothing was sent"):
            await wire.ask(question(Ping(), W1, within_s=2.0))
        rabbitmq.start_broker()
        await answering(wire, "w1@test")

    async def test_a_broker_in_alarm_confirms_nothing(
        self, broker: Broker, wire: Wire, worker: StartWorker, rabbitmq: RabbitMQ
    ) -> None:
        worker(broker)
        await answering(wire, "w1@test")
        with rabbitmq.memory_alarm(), pytest.raises(BrokerUnavailable, match=r"short of memory or disk.*is not known"):
            await wire.ask(question(Ping(), W1, within_s=1.5))
        await answering(wire, "w1@test")

    async def test_no_worker_has_ever_listened(self, wire: Wire) -> None:
        with pytest.raises(BrokerRefused, match="No worker has ever listened"):
            await wire.ask(question(Ping()))


async def test_few_permissions_are_enough_and_fewer_are_told(worker: StartWorker, rabbitmq: RabbitMQ) -> None:
    vhost = rabbitmq.vhost()
    worker(Broker(rabbitmq.url(vhost)))
    wire = AmqpWire(Connection(rabbitmq.url(vhost, "caller")))
    with pytest.raises(BrokerRefused, match="password"):
        await wire.ask(question(Ping(), W1))
    rabbitmq.add_user("caller", vhost, configure="^$", write="^$", read="^$")
    with pytest.raises(BrokerRefused, match="It needs: configure"):
        await wire.ask(question(Ping(), W1))
    rabbitmq.add_user("caller", vhost, configure=r"^meadow\.", write=r"^meadow\.", read=r"^meadow\.")
    with pytest.raises(BrokerRefused, match="nothing was sent"):
        await wire.ask(question(Ping(), W1))
    allowed = r"^(meadow\.|celery\.pidbox$)"
    rabbitmq.add_user("caller", vhost, configure=r"^meadow\.", write=allowed, read=r"^meadow\.")
    assert await wire.ask(question(Ping(), W1)) == {"w1@test": PONG}
    await wire.close()
    assert not [name for name in rabbitmq.queues(vhost) if name.startswith("meadow.")]


async def test_tls_and_the_second_of_two_hosts(
    worker: StartWorker, rabbitmq: RabbitMQ, certificates: Certificates
) -> None:
    vhost = rabbitmq.vhost()
    worker(Broker(rabbitmq.url(vhost)))
    trusted = f"?ssl_ca_certs={certificates.authority}"
    for url in (f"{rabbitmq.tls_url(vhost)}{trusted}", f"amqp://127.0.0.1:1/{vhost};{rabbitmq.url(vhost)}"):
        wire = AmqpWire(Connection(url))
        assert await wire.ask(question(Ping(), W1)) == {"w1@test": PONG}
        await wire.close()
    stranger = AmqpWire(Connection(rabbitmq.tls_url(vhost)))
    with pytest.raises(BrokerUnavailable, match="nothing was sent"):
        await stranger.ask(question(Ping(), W1))
    await stranger.close()
