"""The Kafka log passes the suite of every log on a real Kafka."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from meadow.core.blocks import Block, Table
from tests.contracts.kafka_logs import KafkaLogs
from tests.contracts.log_parts import WITHIN_S, block, blocks, gather, page, soon
from tests.contracts.log_suite import LogSuite
from tests.servers.kafka import Kafka

pytestmark = pytest.mark.broker


@pytest.fixture
async def logs(kafka: Kafka) -> AsyncIterator[KafkaLogs]:
    async with KafkaLogs(kafka) as made:
        yield made


class TestKafkaLog(LogSuite):
    """The suite."""


async def test_a_tail_whose_records_are_deleted_while_it_reads_says_so_and_goes_on(logs: KafkaLogs) -> None:
    log = await logs.open()
    sent = [Block(Table.EVENTS, 1, 2, 0, os.urandom(500_000), 1) for _ in range(12)]
    await log.append(sent)
    async with aclosing(log.tail({0: 0})) as tail:
        await soon(anext(tail))
        assert (await soon(page(tail))).positions[0] < 12  # one fetch is 2 MB
        await logs.delete_all(log)
        await log.append([block(1)])
        async with asyncio.timeout(WITHIN_S):
            while not (tailed := await anext(tail)).missed:
                pass
        assert tailed.positions[0] == 12
        assert blocks(await gather(tail, 1)) == [block(1)]
