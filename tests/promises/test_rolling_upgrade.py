"""Promise 10: processes of the previous commit and of this one run together, and replacing them one by one loses nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.promises.callers import Callers
from tests.promises.chaos import Course, Field, Load, publishing, told
from tests.promises.chaos_findings import must_hold
from tests.servers.clickhouse import ClickHouse
from tests.servers.client import Client, Refused
from tests.servers.deadlines import wait_for
from tests.servers.kafka import Kafka
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.revisions import INSTALLED, Code, code_of
from tests.servers.roles import Role, Roles

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]
FROM = "UPGRADE_FROM"  # variable: a revision to begin with
ORDER = ("query", "control", "web", "write", "ingest")  # docs/operate/upgrade.md
PAIRS = dict.fromkeys(ORDER, 2)
LOAD = Load(seed=5, events_per_s=150, seconds=600)  # at most: it ends when all are replaced
WORK = {"ingest": "meadow_events_received_total", "write": "meadow_writer_rows_total"}


@pytest.fixture
def field(tmp_path: Path, rabbitmq: RabbitMQ, kafka: Kafka, clickhouse: ClickHouse) -> Iterator[Field]:
    running = Field(tmp_path / "meadow", rabbitmq, kafka, clickhouse, counts=PAIRS)
    yield running
    running.meadow.stop()


def test_one_by_one_is_replaced_under_load_and_nothing_is_lost_or_refused(field: Field, tmp_path: Path) -> None:
    meadow, old = field.meadow, before(tmp_path / "before")
    meadow.code = old
    for role in meadow.roles.values():
        role.code = old
    field.start()
    callers = Callers([client(role, meadow.token) for role in meadow.of("web")])
    with callers.asking(), publishing(field, LOAD) as publisher:
        shown(callers)
        meadow.code = INSTALLED
        meadow.migrate()
        for kind in ORDER:
            replaced(meadow, kind, callers)
        publisher.terminate()
        answer, _ = publisher.communicate(timeout=60)
        wait_for(field.at_rest, "nothing waits any more", 90)
    must_hold(field, Course(told(LOAD.seed, answer)))
    assert not callers.failed, "\n".join(callers.failed)
    assert min(callers.answered.values()) > len(meadow.roles), callers
    print(callers.answered, callers.again)


def replaced(meadow: Roles, kind: str, callers: Callers) -> None:
    """Both of a kind; while they differ, each does its part, and what is said then is shown."""
    first, second = meadow.of(kind)
    replace(first)
    assert first.code != second.code
    shown(callers)
    for role in (first, second):
        works(role, kind)
    if kind == "control":
        registers(meadow)
    replace(second)
    shown(callers)


def replace(role: Role) -> None:
    """As an init system does."""
    role.stop()
    role.code = INSTALLED
    role.start().wait_ready()


def works(role: Role, kind: str) -> None:
    """Of those who take: whether it takes more."""
    if kind in WORK:
        so_far = role.counted(WORK[kind])
        wait_for(lambda: role.counted(WORK[kind]) > so_far, f"{role.name} takes its part", 30)


def shown(callers: Callers) -> None:
    """Returns when a task of after this call is among the rows."""
    now_s = time.time()
    wait_for(lambda: callers.newest_s > now_s, "a new task is shown", 90)


def registers(meadow: Roles) -> None:
    """What either control process writes into the registry, both query processes know."""
    for role in meadow.of("control"):
        slug = f"by-{role.name}"
        client(role, meadow.token).post("/tenants", {"slug": slug})
        token = meadow.mint("--tenant", slug)
        for query in meadow.of("query"):
            wait_for(partial(known, client(query, token)), f"{slug} known to {query.name}", 60)


def known(of_tenant: Client) -> bool:
    try:
        return not of_tenant.items("/clusters")
    except Refused:
        return False


def client(role: Role, token: str) -> Client:
    """Asks this process and no other."""
    made = Client()
    made.url, made.token = role.url, token
    return made


def before(folder: Path) -> Code:
    """The previous commit. A checkout without its history cannot show this promise, and says so."""
    revision = os.environ.get(FROM, "HEAD~1")
    code = code_of(revision, folder)
    if code is None:
        pytest.skip(f"{revision} is not in this checkout: `git fetch --deepen=1` brings it, {FROM} names another")
    assert code.has("write"), f"{revision} is no Meadow of many processes"
    return code
