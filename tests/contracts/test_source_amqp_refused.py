"""What RabbitMQ may refuse a source, and the sentence that says how to mend it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import quote

import pytest

from meadow.core.errors import BadSettings
from meadow.ingest.sources.amqp import AmqpSettings
from tests.contracts.source_amqp import QUEUE, source_of, with_channel
from tests.contracts.source_reader import reading, send_numbers
from tests.servers.celery import Broker
from tests.servers.certificates import Certificates
from tests.servers.deadlines import until
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.broker


async def test_a_queue_that_exists_as_classic_is_read_as_it_is(amqp_broker: Broker, rabbitmq: RabbitMQ) -> None:
    classic = AmqpSettings(queue_type="classic", queue_bytes_max=10_000_000)
    async with reading(source_of(amqp_broker.url, classic)):
        pass
    async with reading(source_of(amqp_broker.url)) as reader:
        await asyncio.to_thread(send_numbers, amqp_broker, range(5))
        await reader.has(5)


async def test_a_queue_declared_otherwise_is_a_problem_that_says_what_to_do(amqp_broker: Broker) -> None:
    await with_channel(amqp_broker.url, lambda channel: channel.queue_declare(QUEUE, durable=True))
    source = source_of(amqp_broker.url)
    async with reading(source, connected=False) as reader:
        await until(lambda: "declared otherwise" in source.state.problem, "the problem")
        assert f"delete_queue -p {amqp_broker.url.rpartition('/')[2]} {QUEUE}" in source.state.problem
        await with_channel(amqp_broker.url, lambda channel: channel.queue_delete(QUEUE))
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
        await with_channel(amqp_broker.url, lambda c: c.exchange_declare("celery.pidbox", exchange_type="fanout"))
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


def test_a_url_that_can_never_do_is_refused_without_its_password() -> None:
    with pytest.raises(BadSettings) as refused:
        source_of("amqp://u:secret@host:port/")
    assert "secret" not in str(refused.value)
