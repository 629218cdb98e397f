"""Who sees which series at /metrics, and how requests are counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from meadow.core import meters
from meadow.core.guard import Guard
from meadow.core.http import json_response, open_to_all
from meadow.core.readings import Reading
from meadow.deploy.exposition import PlainMetrics, text
from meadow.deploy.metering import Metering
from tests.core.guarded import refusal
from tests.servers.deadlines import until
from tests.web.front import SETTINGS, TOKENS
from tests.web.house import Client

OPERATOR = "rival"
OWN = {"meadow_gaps_total{cluster=eu,tenant=acme}", "meadow_gaps_total{cluster=us,tenant=acme}"}
THEIRS = {"meadow_gaps_total{cluster=eu,tenant=rival}"}
BUSY = "meadow_questions_running{tenant=acme}"


class Shop:
    """A part with a route of each kind."""

    def __init__(self) -> None:
        self.ending = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v1/tasks/{id}", self.one),
            web.get("/api/v1/live", self.live),
            web.get("/api/v1/fault", self.fault),
        ]

    @open_to_all
    async def one(self, request: web.Request) -> web.Response:
        return json_response({})

    @open_to_all
    async def fault(self, request: web.Request) -> web.Response:
        raise RuntimeError

    @open_to_all
    async def live(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await self.ending.wait()
        return response


def seen() -> Iterator[Reading]:
    for tenant, cluster in (("acme", "eu"), ("acme", "us"), ("rival", "eu")):
        yield Reading(meters.GAPS, 1, (tenant, cluster))
    yield Reading(meters.QUESTIONS_RUNNING, 2, ("acme",))


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def client(shop: Shop) -> AsyncIterator[Client]:
    metering = Metering(operator=OPERATOR)
    metering.meters.watch(seen)
    app = Guard(TOKENS, SETTINGS).app([metering.part, shop], around=[metering.requests.count])
    async with TestClient(TestServer(app)) as made:
        yield made


def bearer(tenant: str, *permissions: str, clusters: list[str] | None = None) -> dict[str, str]:
    token = TOKENS.mint("ann", tenant, permissions or ["metrics:read"], lifetime_s=60, clusters=clusters)
    return {"Authorization": f"Bearer {token}"}


async def scraped(client: Client, headers: dict[str, str] | None = None) -> dict[str, float]:
    """`name{label=value,…}` to value, as Prometheus reads it."""
    async with client.get("/metrics", headers=headers) as response:
        assert response.status == 200, await response.text()
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        assert response.headers["Cache-Control"] == "no-store"
        return parsed(await response.text())


def parsed(page: str) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def test_a_tenant_sees_its_own_series_and_none_of_the_process(client: Client) -> None:
    assert set(await scraped(client, bearer("acme"))) == {*OWN, BUSY}


async def test_a_credential_of_one_cluster_sees_that_one(client: Client) -> None:
    assert set(await scraped(client, bearer("acme", clusters=["us"]))) == {"meadow_gaps_total{cluster=us,tenant=acme}"}
    assert set(await scraped(client, bearer(OPERATOR, clusters=["eu"]))) == THEIRS
    assert not await scraped(client, bearer("acme", clusters=[]))


async def test_the_operator_sees_all(client: Client) -> None:
    found = await scraped(client, bearer(OPERATOR))
    assert found.keys() >= {*OWN, *THEIRS, BUSY, "meadow_processes", "meadow_http_requests_running"}


async def test_nobody_is_the_operator_unless_a_setting_says_so() -> None:
    metering = Metering()
    metering.meters.watch(seen)
    async with TestClient(TestServer(Guard(TOKENS, SETTINGS).app([metering.part]))) as client:
        assert set(await scraped(client, bearer("rival"))) == THEIRS


async def test_others_are_refused(client: Client) -> None:
    async with client.get("/metrics") as response:
        assert await refusal(response) == (401, "unauthenticated")
    async with client.get("/metrics", headers=bearer(OPERATOR, "tasks:read")) as response:
        assert await refusal(response) == (403, "forbidden")


async def test_a_listener_of_its_own_shows_all() -> None:
    async def everything() -> list[Reading]:
        return list(seen())

    app = web.Application()
    app.add_routes(PlainMetrics(everything).routes())
    async with TestClient(TestServer(app)) as client:
        assert set(await scraped(client)) == {*OWN, *THEIRS, BUSY}


async def test_requests_are_counted_by_template_and_outcome(client: Client, shop: Shop) -> None:
    for path in ("tasks/a", "tasks/b", "tasks/../../x", "nothing/here", "fault"):
        await (await client.get(f"/api/v1/{path}")).read()
    await (await client.request("PROPFIND", "/api/v1/tasks/a")).read()
    await (await client.get("/metrics")).read()
    found = await scraped(client, bearer(OPERATOR))
    counted = {name: value for name, value in found.items() if name.startswith("meadow_http_requests_total")}
    assert counted == {
        "meadow_http_requests_total{method=GET,route=/api/v1/tasks/{id},status=200}": 2,
        "meadow_http_requests_total{method=GET,route=(none),status=401}": 2,
        "meadow_http_requests_total{method=GET,route=/api/v1/fault,status=500}": 1,
        "meadow_http_requests_total{method=(other),route=(none),status=401}": 1,
        "meadow_http_requests_total{method=GET,route=/metrics,status=401}": 1,
    }
    assert found["meadow_http_request_seconds_count{route=/api/v1/tasks/{id}}"] == 2
    assert found["meadow_http_request_seconds_bucket{le=+Inf,route=/api/v1/tasks/{id}}"] == 2
    assert 0 < found["meadow_http_request_seconds_sum{route=/api/v1/tasks/{id}}"] < 60


async def test_a_stream_is_running_while_it_is_open_and_no_slow_request(client: Client, shop: Shop) -> None:
    async def running() -> float:
        return (await scraped(client, bearer(OPERATOR)))["meadow_http_requests_running"]

    async with client.get("/api/v1/live") as response:
        assert await running() == 2  # and this one
        shop.ending.set()
        await response.read()

    async def ended() -> bool:
        return await running() == 1

    await until(ended, "the stream is over")
    found = await scraped(client, bearer(OPERATOR))
    assert found["meadow_http_requests_total{method=GET,route=/api/v1/live,status=200}"] == 1
    assert "meadow_http_request_seconds_count{route=/api/v1/live}" not in found


def test_the_text_is_prometheuss() -> None:
    hostile = 'a"b\\c\nd'
    page = text([Reading(meters.GAPS, 1, (hostile, "eu")), Reading(meters.LOG_INFLIGHT_BYTES, 2**40)]).decode()
    assert "# TYPE meadow_gaps_total counter" in page
    assert "# HELP meadow_log_inflight_bytes Handed to Kafka" in page
    assert parsed(page) == {f"meadow_gaps_total{{cluster=eu,tenant={hostile}}}": 1, "meadow_log_inflight_bytes": 2**40}
