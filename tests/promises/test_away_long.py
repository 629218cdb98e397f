"""Promises 1 and 8: a Kafka that is away for two minutes costs no event, no process and no memory to speak of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.promises.away import HELD_MB_MAX, away, held_through_an_outage_of_kafka
from tests.servers.clickhouse import ClickHouse
from tests.servers.kafka import Kafka
from tests.servers.rabbitmq import RabbitMQ

pytestmark = [pytest.mark.broker, pytest.mark.slow, pytest.mark.timeout(600)]


def test_two_minutes_without_kafka_lose_nothing(
    tmp_path: Path, rabbitmq: RabbitMQ, kafka: Kafka, clickhouse: ClickHouse
) -> None:
    with away(tmp_path / "away", rabbitmq, kafka, clickhouse) as running:
        held_mb = held_through_an_outage_of_kafka(running, away_s=120)
        print(f"ingest held {held_mb:.0f} MB while {running.said} events were said")
        assert held_mb < HELD_MB_MAX
