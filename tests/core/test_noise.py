"""What libraries say is kept readable: warnings only, each kind once a minute, nothing of a record, few tracebacks."""

from __future__ import annotations

import logging

import pytest

from meadow.core.noise import quieten


def test_a_flood_is_said_once_and_details_never(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger("aiokafka.of_this_test")
    quieten("aiokafka")
    quieten("aiokafka")
    for number in range(100):
        logger.warning("no connection to %s", number)
        logger.debug("a record: %s", "secret")
    logger.error("another thing")
    assert [record.getMessage() for record in caplog.records] == ["no connection to 0", "another thing"]
    assert len(logger.filters) == 1


def test_other_libraries_speak_freely(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("aiokafkaesque")
    quieten("aiokafka")
    for _ in range(2):
        logger.warning("said")
    assert len(caplog.records) == 2


@pytest.mark.parametrize(
    ("error", "said", "is_whole"),
    [
        (ConnectionResetError(104, "reset"), "at 9%: ConnectionResetError(104, 'reset')", False),
        (EOFError(), "at 9%: EOFError()", False),
        (ValueError("a fault"), "at 9%", True),
    ],
)
def test_the_traceback_of_a_line_that_broke_is_left_out(
    caplog: pytest.LogCaptureFixture, error: Exception, said: str, is_whole: bool
) -> None:
    logger = logging.getLogger(f"aiormq.of_{type(error).__name__}")
    quieten("aiormq")
    logger.warning("at %s", "9%", exc_info=error)
    (record,) = caplog.records
    assert (record.getMessage(), record.exc_info is not None) == (said, is_whole)
