"""Promise 1 on many machines: whoever is killed, whatever is restarted, every story is whole and nothing is there twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.promises.chaos import Field, Load, Victim, run
from tests.promises.chaos_findings import must_hold
from tests.promises.chaos_run import show
from tests.servers.clickhouse import ClickHouse
from tests.servers.kafka import Kafka
from tests.servers.rabbitmq import RabbitMQ

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]
SHORT = Load(seed=11, events_per_s=400, seconds=30)


@pytest.fixture
def field(tmp_path: Path, rabbitmq: RabbitMQ, kafka: Kafka, clickhouse: ClickHouse) -> Iterator[Field]:
    running = Field(tmp_path / "meadow", rabbitmq, kafka, clickhouse)
    yield running
    running.meadow.stop()


def test_kill_9_of_each_kind_of_process_and_server_loses_and_doubles_nothing(field: Field) -> None:
    course = run(field.start(), SHORT, one_of_each(field.victims()), gap_s=1.0, settle_s=300)
    show(course)
    must_hold(field, course)


def one_of_each(victims: list[Victim]) -> list[Victim]:
    """Each comes back sooner than in the long form."""
    return [replace(victim, away_s=victim.away_s / 3) for victim in {one.kind: one for one in victims}.values()]
