"""Redaction costs in proportion to the text, also where the text was made to prevent that: eight times the text may cost
about eight times as much, where one quadratic search would cost sixty-four times."""

from __future__ import annotations

import time

import pytest

from meadow.core.scrubber import Scrubber
from meadow.core.secret_keys import DEFAULT_KEYS
from meadow.core.secret_patterns import BUILT_IN

SHORT, GROWTH = 8_192, 8
SCRUBBER = Scrubber(DEFAULT_KEYS, BUILT_IN)


@pytest.mark.parametrize(
    ("before", "repeated"),
    [
        ("", "password"), ("", "password="), ("", "password='"), ("", "'password': ["), ("", "password=("), ("", "token-"),
        ("password", "\\"), ("password='", "\\"), ("password=[", "\\"), ("password=[", "'"), ("password=", "("),
        ("password", " "), ("password = ", " "), ("password=\\\"", "\\\\"), ("", 'token=\\"'), ("", 'token="""'),
        ("password=", "x("), ("password=", "[]"), ("", "authorization:"), ("", "cookie: a\n"), ("authorization: basic ", "a"),
        ("", "://"), ("", "://a:"), ("://a:", "b"), ("://", "b"), ("", "://a:b@"), ("://a:", "@"),
        ("", "eyJ"), ("", "eyJ-"), ("", "eyJaaaaa."), ("eyJ", "a"), ("eyJaaaaa.", "a"), ("", ".eyJaaaaaa"),
        ("", "-----BEGIN "), ("", "-----BEGIN PRIVATE KEY"), ("-----BEGIN PRIVATE KEY", "-----END "), ("-----BEGIN ", "A "),
        ("", "4"), ("", "4 "), ("", "4111-"), ("", "411111111111111 "), ("", "bearer "), ("bearer", " "), ("bearer ", "a"),
        ("", "AKIA"), ("akia", "A"),
    ],
)  # fmt: skip
def test_cost_grows_with_the_text_and_not_with_its_square(before: str, repeated: str) -> None:
    short, long = (before + repeated * (length // len(repeated)) for length in (SHORT, SHORT * GROWTH))
    assert cheapest(long) < cheapest(short) * GROWTH * 4


def cheapest(text: str) -> float:
    """CPU seconds, the best of five; a floor keeps the clock's own grain out of the ratio."""
    spent: list[float] = []
    for _ in range(5):
        began = time.process_time()
        SCRUBBER.text(text)
        spent.append(time.process_time() - began)
    return max(min(spent), 0.000_2)
