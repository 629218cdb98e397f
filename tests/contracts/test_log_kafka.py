"""The Kafka log passes the suite of every log on a real Kafka."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.contracts.kafka_logs import KafkaLogs
from tests.contracts.log_suite import LogSuite
from tests.servers.kafka import Kafka

pytestmark = pytest.mark.broker


@pytest.fixture
async def logs(kafka: Kafka) -> AsyncIterator[KafkaLogs]:
    logs = KafkaLogs(kafka)
    await logs.make()
    yield logs
    await logs.close()


class TestKafkaLog(LogSuite):
    """The suite."""
