"""What aiokafka says is kept readable: warnings only, each kind once a minute, and never what is in a record."""

from __future__ import annotations

import logging

import pytest

from meadow.core.logs.kafka_noise import quieten


def test_a_flood_is_said_once_and_details_never(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger("aiokafka.of_this_test")
    quieten()
    quieten()
    for number in range(100):
        logger.warning("no connection to %s", number)
        logger.debug("a record: %s", "secret")
    logger.error("another thing")
    assert [record.getMessage() for record in caplog.records] == ["no connection to 0", "another thing"]
    assert len(logger.filters) == 1


def test_other_libraries_speak_freely(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("aiokafkaesque")
    quieten()
    for _ in range(2):
        logger.warning("said")
    assert len(caplog.records) == 2
