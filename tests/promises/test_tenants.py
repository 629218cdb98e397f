"""Two tenants never meet: with the same names for everything, on real services, through every operation there is."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.promises.tenant_questions import NotKnown, reads, writes
from tests.promises.tenants import TASK, TenantSide, two_tenants
from tests.servers.clickhouse import ClickHouse
from tests.servers.kafka import Kafka
from tests.servers.redis import RedisServer
from tests.servers.roles import Roles

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
Sides = tuple[TenantSide, TenantSide]
SILENT = {"MEADOW_INSPECT_EVERY": "0"}  # nothing is sent but what is asked for here
OPENAPI = "/api/v1/openapi.json"
# Where a tenant's own word must be found, or the test would look for the other's in empty answers.
MARKED = (
    *("/clusters/shop/registration", "/tasks", f"/tasks/{TASK}", f"/tasks/{TASK}/events", "/workers", "/trends"),
    *(f"/task?id={TASK}", f"/task/events?id={TASK}", "/commands"),
)


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory, kafka: Kafka, clickhouse: ClickHouse) -> Iterator[Roles]:
    running = Roles(tmp_path_factory.mktemp("tenants"), {}, kafka, clickhouse, more=SILENT)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="module")
def sides(roles: Roles, redis_server: RedisServer) -> Iterator[Sides]:
    both = two_tenants(roles, redis_server)
    try:
        for one in both:
            one.meet()
        yield both
    finally:
        for one in both:
            one.close()


@pytest.fixture(scope="module")
def document(sides: Sides) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sides[0].text("GET", OPENAPI)[1])
    return found


@pytest.mark.parametrize("turn", [0, 1])
def test_no_question_shows_what_is_the_others(sides: Sides, document: dict[str, Any], turn: int) -> None:
    asking, other = sides[turn], sides[1 - turn]
    answers = {address: asking.text("GET", address) for address in reads(document, asking, other)}
    assert [address for address, (status, _) in answers.items() if status >= 500] == []
    assert [address for address, (_, text) in answers.items() if other.mark in text or other.slug in text] == []
    shown = [address for address, (_, text) in answers.items() if asking.mark in text]
    assert [path for path in MARKED if not any(one.startswith(f"/api/v1{path}") for one in shown)] == []
    status, text = asking.text("GET", f"/api/v1/commands/{other.command_id}")
    absent = asking.text("GET", f"/api/v1/commands/{'0' * 32}")
    assert (status, json.loads(text)["detail"]) == (absent[0], json.loads(absent[1])["detail"])


@pytest.mark.parametrize("turn", [0, 1])
def test_no_change_reaches_what_is_the_others(sides: Sides, document: dict[str, Any], turn: int) -> None:
    asking, other = sides[turn], sides[1 - turn]
    other.client.post("/clusters", {"slug": "second", **other.registration})
    before = belongings(other)
    for one in writes(document, asking):
        versioned = asking.etag("second") if one.method in ("PATCH", "DELETE") else {}
        status, text = asking.text(one.method, f"/api/v1{one.address}", one.body, {**versioned, **one.headers})
        assert (one.method, one.path, status) == (one.method, one.path, one.status), text
        assert other.mark not in text
        assert belongings(other) == before
    assert other.text("DELETE", "/api/v1/clusters/second", None, other.etag("second"))[0] == 204


def test_a_command_reaches_its_own_broker_alone(sides: Sides) -> None:
    for asking, other in (sides, sides[::-1]):
        heard = asking.ear.heard(), other.ear.heard()
        order = {"command": "ping", "reason": asking.mark}
        asking.client.post("/clusters/shop/commands", order, Idempotency_Key="two")
        assert (asking.ear.heard(), other.ear.heard()) == (heard[0] + 1, heard[1])


def test_a_cursor_of_the_other_only_names_a_place(sides: Sides) -> None:
    for asking, other in (sides, sides[::-1]):
        for path in ("/tasks", f"/tasks/{TASK}/events"):
            place = other.client.get(path, limit=1)["next"]
            assert place
            status, text = asking.text("GET", f"/api/v1{path}?cursor={place}")
            assert (status, other.mark in text) == (200, False)


def test_nothing_live_crosses(sides: Sides) -> None:
    """Both watch, from now and from where the other one was; both speak."""
    places = [Watching(one).until('"watermark"') for one in sides]
    watching = [
        Watching(one, *place) for one, other in zip(sides, places[::-1], strict=True) for place in ((), (other,))
    ]
    for number in range(3):
        for side in sides:
            side.speak(f"5eed0000-0000-4000-8000-00000000010{number}")
    for one in watching:
        text = one.until("000000000102")
        assert one.side.mark in text
        assert not [other for other in sides if other is not one.side and other.mark in text]


def test_metrics_are_a_tenants_own(sides: Sides, roles: Roles) -> None:
    page: list[str] = []
    for role in (*roles.of("query"), *roles.of("control"), *roles.of("web")):
        for asking, other in (sides, sides[::-1]):
            status, text = asking.text("GET", f"{role.url}/metrics")
            assert (status, other.mark in text, other.slug in text) == (200, False, False)
            page.append(text)
    assert all(any(one.slug in text for text in page) for one in sides)


def test_what_nobody_taught_this_test_fails_it(sides: Sides, document: dict[str, Any]) -> None:
    def asked(more: dict[str, Any]) -> list[Any]:
        changed = {"paths": document["paths"] | more}
        return [*reads(changed, *sides), *writes(changed, sides[0])]

    assert len(asked({})) > 40
    new: dict[str, Any] = {"name": "colour", "in": "query", "schema": {"type": "string"}}
    unknown: tuple[dict[str, Any], ...] = (
        {"/api/v1/new": {"post": {"parameters": []}}},
        {"/api/v1/new": {"get": {"operationId": "new", "parameters": [new]}}},
        {
            "/api/v1/new/{thing}": {
                "get": {"operationId": "new", "parameters": [{**new, "name": "thing", "in": "path"}]}
            }
        },
    )
    for more in unknown:
        with pytest.raises(NotKnown):
            asked(more)


def belongings(side: TenantSide) -> list[str]:
    """What it has in the registry and in the audit trail, and how many commands its broker was sent."""
    paths = ("/clusters/shop/registration", "/clusters/second/registration", "/commands")
    texts = [json.loads(side.text("GET", f"/api/v1{path}")[1]) for path in paths]
    return [*(json.dumps(one.get("item", one.get("items"))) for one in texts), str(side.ear.heard())]


class Watching:
    """A live stream of one tenant; after: what it read before, whose last id it goes on from."""

    def __init__(self, side: TenantSide, after: str = "") -> None:
        ids = [line.removeprefix("id: ") for line in after.splitlines() if line.startswith("id: ")]
        headers = {"Authorization": f"Bearer {side.client.token}"} | ({"Last-Event-ID": ids[-1]} if ids else {})
        assert bool(ids) == bool(after)
        request = urllib.request.Request(f"{side.client.url}/api/v1/live", headers=headers)
        self.side, self._answer = side, urllib.request.urlopen(request, timeout=60)

    def until(self, text: str) -> str:
        """All that came until a line held that text; the stream is closed then."""
        lines: list[str] = []
        with self._answer:
            while not lines or text not in lines[-1] or "id: " not in "".join(lines):
                line = self._answer.readline().decode()
                assert line, f"the stream ended before {text}: {lines}"
                lines.append(line)
        return "".join(lines)
