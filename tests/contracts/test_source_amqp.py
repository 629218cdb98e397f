"""RabbitMQ as a source: a queue of Meadow's own, acknowledged only when told to, made with the least that it needs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from urllib.parse import quote

import aiormq
import pytest

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings
from meadow.ingest.source import Source
from meadow.ingest.sources.amqp import AmqpSettings, AmqpSource
from meadow.ingest.sources.amqp_address import addresses
from tests.contracts.source_reader import reading, send_numbers
from tests.contracts.source_suite import BATCH_MAX, SourceSuite
from tests.servers.celery import ROOT, Broker
from tests.servers.certificates import Certificates
from tests.servers.deadlines import until
from tests.servers.processes import Process, free_port
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.broker

QUEUE = "meadow.events.v1.celeryev"
SETTINGS = AmqpSettings(batch_messages_max=BATCH_MAX, prefetch=200, back_off_max_s=0.5, queue_bytes_max=10_000_000)


def source_of(url: str, settings: AmqpSettings = SETTINGS, **options: object) -> AmqpSource:
    return AmqpSource("test", Connection(url, **options), settings)  # type: ignore[arg-type] # Connection checks them


class TestAmqpSource(SourceSuite):
    keeps = True

    @pytest.fixture
    def broker(self, amqp_broker: Broker, rabbitmq: RabbitMQ) -> Broker:
        self.server = rabbitmq
        return amqp_broker

    def make(self, broker: Broker) -> Source:
        return source_of(broker.url)

    def cut(self, broker: Broker) -> None:
        self.server.close_connections(broker.url.rpartition("/")[2])

    def nowhere(self) -> Broker:
        return Broker(f"amqp://guest:guest@127.0.0.1:{free_port()}/x")

    def down(self, broker: Broker) -> None:
        self.server.stop_broker()

    def up(self, broker: Broker) -> None:
        self.server.start_broker()


async def test_what_is_not_done_comes_again_and_what_is_done_does_not(amqp_broker: Broker) -> None:
    async with reading(source_of(amqp_broker.url), done=False) as reader:
        await asyncio.to_thread(send_numbers, amqp_broker, range(150))
        await reader.has(150)
        await reader.source.done(reader.batches[0].token)
        first = len(reader.batches[0].messages)
    async with reading(source_of(amqp_broker.url)) as again:
        await again.has(150 - first)
        assert sorted(again.numbers) == list(range(first, 150))
        await again.source.done(again.batches[-1].token)
        await again.source.done(10**12)
        await asyncio.to_thread(send_numbers, amqp_broker, range(150, 151))
        await again.has(151 - first)


TAKER = """
import asyncio, sys
from meadow.core.connections import Connection
from meadow.ingest.sources.amqp import AmqpSettings, AmqpSource
async def main():
    source = AmqpSource("test", Connection(sys.argv[1]), AmqpSettings(queue_bytes_max=10_000_000))
    async for batch in source.batches():
        print("took", len(batch.messages), flush=True)
asyncio.run(main())
"""


async def test_a_collector_killed_between_take_and_done_loses_nothing(amqp_broker: Broker, tmp_path: Path) -> None:
    async with reading(source_of(amqp_broker.url)):
        pass  # the queue is there
    await asyncio.to_thread(send_numbers, amqp_broker, range(100))
    (tmp_path / "taker.py").write_text(TAKER)
    taker = Process([sys.executable, str(tmp_path / "taker.py"), amqp_broker.url], tmp_path / "taker.out", cwd=ROOT)
    try:
        await asyncio.to_thread(taker.wait_until_says, "took")
    finally:
        taker.kill()
    async with reading(source_of(amqp_broker.url)) as reader:
        await reader.has(100)
        assert sorted(set(reader.numbers)) == list(range(100))


async def test_several_collectors_share_the_one_queue(amqp_broker: Broker) -> None:
    async with reading(source_of(amqp_broker.url)) as one, reading(source_of(amqp_broker.url)) as two:
        await asyncio.to_thread(send_numbers, amqp_broker, range(600))
        await until(lambda: len(one.numbers) + len(two.numbers) == 600, "all, once")
        assert sorted(one.numbers + two.numbers) == list(range(600))
        assert one.numbers
        assert two.numbers


async def test_prefetch_bounds_what_a_reader_that_is_not_done_is_handed(
    amqp_broker: Broker, rabbitmq: RabbitMQ
) -> None:
    async with reading(source_of(amqp_broker.url), done=False) as reader:
        await asyncio.to_thread(send_numbers, amqp_broker, range(300))
        await reader.has(200)
        await asyncio.sleep(0.2)
        assert len(reader.numbers) == 200


async def test_bytes_bound_what_is_read_ahead(amqp_broker: Broker) -> None:
    settings = AmqpSettings(batch_messages_max=1, held_bytes_max=20_000, heartbeat_s=5)
    async with reading(source_of(amqp_broker.url, settings)) as reader:
        reader.hold()
        await asyncio.to_thread(send_numbers, amqp_broker, range(500))
        await asyncio.sleep(0.2)
        link = reader.source._links.link  # type: ignore[attr-defined] # nothing public shows what is held
        assert link._held_bytes < 25_000
        reader.go_on()
        await reader.has(500)
        assert reader.numbers == list(range(500))


async def test_the_queue_is_quorum_bounded_and_survives_a_restart_with_its_messages(
    amqp_broker: Broker, rabbitmq: RabbitMQ
) -> None:
    async with reading(source_of(amqp_broker.url)):
        pass
    await asyncio.to_thread(send_numbers, amqp_broker, range(100))
    vhost = amqp_broker.url.rpartition("/")[2]
    shown = await asyncio.to_thread(rabbitmq.control, "list_queues", "--vhost", vhost, "name", "type", "arguments")
    assert QUEUE in shown
    assert "quorum" in shown
    assert "drop-head" in shown
    assert "10000000" in shown
    await asyncio.to_thread(rabbitmq.restart)
    async with reading(source_of(amqp_broker.url)) as reader:
        await reader.has(100)


async def test_a_queue_that_exists_as_classic_is_read_as_it_is(amqp_broker: Broker, rabbitmq: RabbitMQ) -> None:
    classic = AmqpSettings(queue_type="classic", queue_bytes_max=10_000_000)
    async with reading(source_of(amqp_broker.url, classic)):
        pass
    async with reading(source_of(amqp_broker.url)) as reader:
        await asyncio.to_thread(send_numbers, amqp_broker, range(5))
        await reader.has(5)


async def test_a_queue_declared_otherwise_is_a_problem_that_says_what_to_do(amqp_broker: Broker) -> None:
    await _with_channel(amqp_broker.url, lambda channel: channel.queue_declare(QUEUE, durable=True))
    source = source_of(amqp_broker.url)
    async with reading(source, connected=False) as reader:
        await until(lambda: "declared otherwise" in source.state.problem, "the problem")
        assert f"delete_queue -p {amqp_broker.url.rpartition('/')[2]} {QUEUE}" in source.state.problem
        await _with_channel(amqp_broker.url, lambda channel: channel.queue_delete(QUEUE))
        await until(lambda: source.state.connected, "connected once mended")
        await asyncio.to_thread(send_numbers, amqp_broker, range(5))
        await reader.has(5)


async def test_the_least_permissions_do_and_each_missing_one_is_named(rabbitmq: RabbitMQ) -> None:
    vhost = rabbitmq.vhost()
    as_guest = Broker(rabbitmq.url(vhost))
    user = f"least-{vhost}"
    least = {"configure": r"^meadow\.", "write": r"^(meadow\.|celery\.pidbox$)", "read": r"^(meadow\.|celeryev$)"}
    await asyncio.to_thread(rabbitmq.add_user, user, vhost, **least)
    source = source_of(rabbitmq.url(vhost, user))
    async with reading(source, connected=False) as reader:
        await until(lambda: "no exchange 'celeryev'" in source.state.problem, f"the missing exchange: {source.state}")
        assert "start a Celery worker" in source.state.problem
        await asyncio.to_thread(send_numbers, as_guest, range(1))
        await until(lambda: source.state.connected, "connected once the exchange is there")
        await asyncio.to_thread(send_numbers, as_guest, range(1, 6))
        await reader.has(5)
        await source.enable_events(None)
        assert source.state.problem == ""
    for missing, said in (("configure", "may not make the queue"), ("read", "may not bind a queue")):
        await asyncio.to_thread(_forget, rabbitmq, vhost)
        await asyncio.to_thread(rabbitmq.add_user, user, vhost, **{**least, missing: "^$"})
        refused = source_of(rabbitmq.url(vhost, user))
        async with reading(refused, connected=False):
            await until(lambda r=refused, s=said: s in r.state.problem, f"{said}: {refused.state}")  # type: ignore[misc]
            assert "rabbitmqctl set_permissions" in refused.state.problem


def _forget(rabbitmq: RabbitMQ, vhost: str) -> None:
    rabbitmq.control("delete_queue", "--vhost", vhost, QUEUE) if QUEUE in rabbitmq.queues(vhost) else None


async def test_a_wrong_password_and_a_missing_vhost_are_named_without_the_secret(rabbitmq: RabbitMQ) -> None:
    wrong = source_of(f"amqp://guest:not-this-one@127.0.0.1:{rabbitmq.port}/")
    async with reading(wrong, connected=False):
        await until(lambda: wrong.state.problem, "a problem")
        assert "refuses user 'guest'" in wrong.state.problem
        assert "not-this-one" not in repr(wrong.state) + repr(vars(wrong))
    nowhere = source_of(rabbitmq.url("nowhere"))
    async with reading(nowhere, connected=False):
        await until(lambda: nowhere.state.problem, "a problem")
        assert "no vhost 'nowhere'" in nowhere.state.problem


async def test_a_broker_in_alarm_shows_and_heals(amqp_broker: Broker, rabbitmq: RabbitMQ) -> None:
    source = source_of(amqp_broker.url)
    async with reading(source) as reader:
        await asyncio.to_thread(send_numbers, amqp_broker, range(5))
        await _with_channel(amqp_broker.url, lambda c: c.exchange_declare("celery.pidbox", exchange_type="fanout"))
        with rabbitmq.memory_alarm():
            asking = asyncio.create_task(source.enable_events(None))
            await until(lambda: "short of memory or disk" in source.state.problem, f"blocked: {source.state}")
            assert source.state.connected
        await asking
        await until(lambda: source.state.problem == "", "healed")
        await reader.has(5)


async def test_tls_trusts_only_what_it_is_told_to(
    amqp_broker: Broker, rabbitmq: RabbitMQ, certificates: Certificates
) -> None:
    url = rabbitmq.tls_url(amqp_broker.url.rpartition("/")[2])
    async with reading(source_of(f"{url}?ssl_ca_certs={quote(str(certificates.authority))}")) as reader:
        await asyncio.to_thread(send_numbers, amqp_broker, range(5))
        await reader.has(5)
    stranger = source_of(url)
    async with reading(stranger, connected=False):
        await until(lambda: stranger.state.problem, "a problem")
        assert "certificate" in stranger.state.problem.lower()
    async with reading(source_of(url, transport_options=(("ssl_cert_reqs", "CERT_NONE"),))):
        pass


async def test_of_several_hosts_the_next_is_tried(amqp_broker: Broker) -> None:
    dead = f"amqp://guest:guest@127.0.0.1:{free_port()}/x"
    async with reading(source_of(f"{dead};{amqp_broker.url}")) as reader:
        await asyncio.to_thread(send_numbers, amqp_broker, range(5))
        await reader.has(5)


async def test_a_broker_without_quorum_queues_gets_a_classic_one(tmp_path: Path) -> None:
    server = RabbitMQ(tmp_path, features="")
    try:
        await asyncio.to_thread(server.start)
        source = source_of(server.url())
        async with reading(source) as reader:
            await asyncio.to_thread(send_numbers, Broker(server.url()), range(5))
            await reader.has(5)
            assert "classic" in await asyncio.to_thread(server.control, "list_queues", "name", "type")
    finally:
        await asyncio.to_thread(server.stop)


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


def test_a_url_that_can_never_do_is_refused_without_its_password() -> None:
    with pytest.raises(BadSettings) as refused:
        source_of("amqp://u:secret@host:port/")
    assert "secret" not in str(refused.value)


async def _with_channel(url: str, ask: object) -> None:
    wire = await aiormq.connect(url)
    try:
        channel = await wire.channel()
        await ask(channel)  # type: ignore[operator] # a coroutine function of one channel
    finally:
        await wire.close()
