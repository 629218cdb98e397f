"""The Kafka log by TLS, with a password in each way that Kafka offers or with a certificate, and what a wrong one says."""

from __future__ import annotations

import logging

import pytest

from meadow.core.errors import LogUnavailable
from meadow.core.kafka import Mechanism
from meadow.core.logs.kafka import KafkaLog
from tests.contracts.kafka_logs import QUICK, KafkaLogs
from tests.contracts.log_parts import GROUP, Seen, block, blocks, take
from tests.servers.kafka import PASSWORD, Kafka

pytestmark = pytest.mark.broker


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
async def test_a_user_with_the_right_password_appends_and_reads(kafka: Kafka, mechanism: Mechanism) -> None:
    logs = KafkaLogs(kafka)
    logs.connection = kafka.secure(mechanism, logs.connection.prefix)
    async with logs:
        log = await logs.open()
        await log.append([block(1)])
        assert blocks(await take(await log.follow(GROUP, Seen()), 1)) == [block(1)]


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
async def test_a_wrong_password_is_refused_and_told_to_nobody(
    kafka: Kafka, mechanism: Mechanism, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    connection = kafka.secure(mechanism, password="wrong-" + PASSWORD)
    with pytest.raises(LogUnavailable, match="refuses") as refused:
        await KafkaLog.open(connection, QUICK)
    assert PASSWORD not in f"{refused.value!r} {connection!r} {caplog.text}"


async def test_a_client_with_its_certificate_appends_and_reads(kafka: Kafka) -> None:
    logs = KafkaLogs(kafka)
    logs.connection = kafka.mutual(logs.connection.prefix)
    async with logs:
        log = await logs.open()
        await log.append([block(1)])
        assert blocks(await take(await log.follow(GROUP, Seen()), 1)) == [block(1)]


async def test_a_client_without_a_certificate_is_refused(kafka: Kafka) -> None:
    with pytest.raises(LogUnavailable):
        await KafkaLog.open(kafka.mutual(shown=False), QUICK)
