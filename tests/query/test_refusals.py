"""What cannot be read is refused by name, with what would be accepted."""

from __future__ import annotations

from typing import Any

import pytest
from yarl import URL

from meadow.core.times import read_ms
from meadow.query.cursors import cursor_of, read_cursor
from meadow.query.times import shown_s
from tests.query.conftest import Api

NOW_S = 1_795_000_000.0


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/tasks", {"limit": "0"}, "limit"),
        ("/tasks", {"limit": "501"}, "limit"),
        ("/tasks", {"limit": "-1"}, "limit"),
        ("/tasks", {"limit": "٣"}, "limit"),
        ("/tasks", {"limit": "1e3"}, "limit"),
        ("/tasks", {"limit": ["1", "2"]}, "limit"),
        ("/tasks", {"sort": "sideways"}, "sort"),
        ("/tasks", {"from_": "yesterday"}, "from"),
        ("/tasks", {"from_": "9" * 15}, "from"),
        ("/tasks", {"from_": "now", "to": "now-1h"}, "from"),
        ("/tasks", {"to": "1969-12-31"}, "to"),
        ("/tasks", {"q": "x" * 2_049}, "q"),
        ("/tasks", {"q": "a b c d e f g h i"}, "q"),
        ("/tasks", {"name": ["x"] * 51}, "name"),
        ("/tasks", {"name": "x" * 256}, "name"),
        ("/tasks", {"name": "a\x00b"}, "name"),
        ("/tasks", {"cursor": "nonsense"}, "cursor"),
        ("/tasks", {"cursor": "x" * 5_000}, "cursor"),
        ("/tasks", {"cursor": cursor_of("/api/v1/workers", ["w", 1])}, "cursor"),
        ("/tasks", {"cursor": cursor_of("/api/v1/tasks", ["w", 1, 2])}, "cursor"),
        ("/tasks", {"cursor": cursor_of("/api/v1/tasks", [-5, "w", 2])}, "cursor"),
        ("/tasks", {"cursor": cursor_of("/api/v1/tasks", [1, "w"])}, "cursor"),
        ("/tasks/x/events", {"cursor": cursor_of("/api/v1/tasks", [1, "w", 1])}, "cursor"),
        ("/trends", {"top": "51"}, "top"),
        ("/trends", {"by": "args"}, "by"),
        ("/workers", {"state": "asleep"}, "state"),
        ("/live", {"cursor": "?"}, "cursor"),
        ("/live", {"cursor": cursor_of("/api/v1/live", [1])}, "cursor"),
    ],
)
async def test_a_value_that_will_not_do(api: Api, path: str, query: dict[str, Any], field: str) -> None:
    status, body = await api.ask(path, **query)
    assert (status, body["code"], body["field"]) == (400, "bad_question", field)
    assert body["accepts"]


async def test_an_unknown_parameter_is_told_the_nearest(api: Api) -> None:
    status, body = await api.ask("/tasks", stat="FAILURE")
    assert (status, body["field"]) == (400, "stat")
    assert "`state`" in body["detail"]
    assert "queue" in body["accepts"]
    assert (await api.ask("/tasks", tenant="rival"))[0] == 400


async def test_a_cursor_far_away_is_only_an_empty_page(api: Api) -> None:
    far = cursor_of("/api/v1/tasks", [(1 << 63) - 1, "x" * 1_000, (1 << 63) - 1])
    status, body = await api.ask("/tasks", cursor=far)
    assert (status, body.get("items", [])) in ((200, []), (400, []))


@pytest.mark.parametrize("path", ["/tasks/" + "x" * 300, "/workers/" + "x" * 300, "/clusters/" + "x" * 100])
async def test_a_name_too_long_is_refused(api: Api, path: str) -> None:
    assert (await api.ask(path))[0] == 400


@pytest.mark.parametrize("path", ["/tasks/a%2Fb", "/workers/celery@%C3%BC%20x", "/tasks/%00", "/tasks/%FF"])
async def test_strange_names_are_answered(api: Api, path: str) -> None:
    url = URL(f"http://{api.client.host}:{api.client.port}/api/v1{path}", encoded=True)
    async with api.client.session.get(url) as response:
        assert response.status in (400, 404)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-25T03:26:01.123Z", 1_795_577_161_123),
        ("2026-11-25T04:26:01+01:00", 1_795_577_161_000),
        ("2026-11-25T04:26:01 01:00", 1_795_577_161_000),
        ("2026-11-25T03:26:01", 1_795_577_161_000),
        ("2026-11-25", 1_795_564_800_000),
        ("1795577161", 1_795_577_161_000),
        ("1795577161.5", 1_795_577_161_500),
        ("1795577161123", 1_795_577_161_123),
        ("now", int(NOW_S * 1000)),
        ("now-15m", int((NOW_S - 900) * 1000)),
        ("now-7d", int((NOW_S - 604_800) * 1000)),
        ("0", 0),
    ],
)
def test_times_are_read(text: str, expected: int) -> None:
    assert read_ms(text, NOW_S) == expected


@pytest.mark.parametrize(
    "text", ["", "now+1h", "now-1y", "now-999999999w", "2101-01-01", "-1", "inf", "nan", "1e9", "25/11/2026"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        read_ms(text, NOW_S)


def test_times_are_shown_with_their_fraction() -> None:
    assert shown_s(1_795_577_161.0) == "2026-11-25T03:26:01.000Z"
    assert shown_s(1_795_577_161.123456) == "2026-11-25T03:26:01.123456Z"
    assert [shown_s(value) for value in (None, 0, -1, 1e20, float("nan"))] == [None] * 5


def test_a_cursor_is_read_as_it_was_made() -> None:
    place = (1_795_577_161_123, "t1 é☃", 4_294_967_295)
    assert read_cursor(cursor_of("/x", place), "/x") == place
