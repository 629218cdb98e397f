"""Control processes beside each other send a command once per id: at the same moment, with a store behind, without Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from meadow.control.claims import Claims
from meadow.core.errors import Conflict, MeadowError
from meadow.core.logs.embedded import EmbeddedLog
from meadow.core.logs.kafka_topics import CLAIMS
from meadow.core.store import Store
from tests.contracts.kafka_streams import KafkaStreams
from tests.control.desk import PING, Brokers, Desk, Ear, desk
from tests.ingest.running import writing
from tests.servers.deadlines import until
from tests.servers.kafka import Kafka

pytestmark = pytest.mark.broker
Kept = tuple[EmbeddedLog, Store]
KEY = (1, "c0ffee")


@pytest.fixture
async def streams(kafka: Kafka) -> AsyncIterator[KafkaStreams]:
    async with KafkaStreams(kafka, CLAIMS) as made:
        yield made


@asynccontextmanager
async def two_desks(kept: Kept, brokers: Brokers, streams: KafkaStreams) -> AsyncIterator[tuple[Desk, Desk]]:
    """Two control services that know all that was asked before."""
    async with AsyncExitStack() as stack:
        desks = []
        for node in ("node-1", "node-2"):
            opened = desk(*kept, brokers.directory, node=node, claims=await streams.started())
            desks.append(await stack.enter_async_context(opened))
        async with writing(*kept):
            for number, one in enumerate(desks):
                await ready(one, f"before-{number}")
        yield desks[0], desks[1]


async def ready(one: Desk, key: str) -> None:
    async def taken() -> bool:
        return (await one.send(PING, key=key))[0] == 200

    await until(taken, "a command with a key")


async def told(key: str, *desks: Desk) -> str:
    """The id of the command, once all tell the same whole outcome."""
    outcomes: list[tuple[int, dict[str, Any]]] = []

    async def same() -> bool:
        outcomes[:] = [await one.send(PING, key=key) for one in desks]
        first = outcomes[0]
        return all(each == first for each in outcomes) and first[0] == 200 and bool(first[1]["item"]["answered_at"])

    await until(same, "the same outcome")
    return str(outcomes[0][1]["item"]["id"])


async def test_two_processes_that_are_asked_at_once_send_once(
    kept: Kept, brokers: Brokers, streams: KafkaStreams, ear: Ear
) -> None:
    async with two_desks(kept, brokers, streams) as (one, other), writing(*kept):
        before = ear.heard()
        for number in range(4):
            key = f"k{number}"
            answers = await asyncio.gather(*(each.send(PING, key=key) for each in (one, other) * 3))
            assert {status for status, _ in answers} <= {200, 409}
            ids = {body["item"]["id"] for status, body in answers if status == 200}
            assert ids == {await told(key, one, other)}
            assert ear.heard() == before + number + 1


async def test_what_the_store_does_not_show_yet_is_not_sent_by_another(
    kept: Kept, brokers: Brokers, streams: KafkaStreams, ear: Ear
) -> None:
    async with two_desks(kept, brokers, streams) as (one, other):
        before = ear.heard()
        sent = await one.send(PING, key="k")
        status, body = await other.send(PING, key="k")
        assert (sent[0], status, body["code"], body["again"]) == (200, 409, "on_its_way", "later")
        assert "Another control process" in body["detail"]
        status, body = await other.send({**PING, "reason": "else"}, key="k")
        assert (status, "another order" in body["detail"]) == (409, True)
        async with writing(*kept):
            assert await told("k", one, other) == sent[1]["item"]["id"]
    assert ear.heard() == before + 1


async def test_without_the_stream_only_orders_with_a_key_wait(
    kept: Kept, brokers: Brokers, streams: KafkaStreams, ear: Ear
) -> None:
    stream = await streams.open()
    async with writing(*kept), desk(*kept, brokers.directory, claims=stream) as made:
        status, body = await made.send(PING, key="k")
        assert (status, body["code"]) == (503, "log_unavailable")
        assert ear.heard() == 0
        assert (await made.send(PING))[0] == 200
        await stream.start()
        assert (await made.send(PING, key="k"))[0] == 200
    assert ear.heard() == 2


async def test_a_claim_is_given_up_by_its_owner_alone(streams: KafkaStreams) -> None:
    one, other = Claims(await streams.started()), Claims(await streams.started())
    assert await one.take(KEY, "body")
    assert await one.take(KEY, "body")
    assert not await other.take(KEY, "body")
    with pytest.raises(Conflict):
        await other.take(KEY, "another")
    assert await other.take((2, KEY[1]), "another"), "another tenant's"
    await other.release(KEY)
    assert not await other.take(KEY, "body")
    await one.release(KEY)

    async def free() -> bool:
        return await other.take(KEY, "body")

    await until(free, "the other sees that it is free")
    assert not await one.take(KEY, "body")


async def test_what_a_stranger_wrote_is_nobodys_claim(streams: KafkaStreams) -> None:
    stream = await streams.started()
    claims = Claims(stream)
    for number, value in enumerate((b"", b"\xff", b"[]", b"7", b'{"by":1}', b"[[],{}]")):
        await stream.put(f"1/{number}", value, 0)
        with pytest.raises(MeadowError):
            await claims.take((1, str(number)), "body")
        await claims.release((1, str(number)))


async def test_of_many_that_claim_at_once_one_has_it(streams: KafkaStreams) -> None:
    several = [Claims(await streams.started()) for _ in range(3)]
    for number in range(5):
        taken = await asyncio.gather(*(one.take((1, str(number)), "body") for one in several))
        assert sorted(taken) == [False, False, True]
