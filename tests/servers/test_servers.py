"""The servers that the tests lean on start, take a real worker's work, and come back after a restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.servers.celery import Broker
from tests.servers.deadlines import wait_for
from tests.servers.processes import Process
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.broker


@pytest.mark.parametrize("broker", ["amqp_broker", "redis_broker", "file_broker"])
def test_a_real_worker_runs_a_task(broker: str, request: pytest.FixtureRequest, worker: Callable[..., Process]) -> None:
    chosen: Broker = request.getfixturevalue(broker)
    process = worker(chosen)
    with chosen.app() as app:
        app.tasks["tests.say"].delay("hello from a test")
        wait_for(lambda: "'hello from a test'" in process.output, "the result in the worker's log")


def test_rabbitmq_gives_permissions_and_restarts(rabbitmq: RabbitMQ) -> None:
    vhost = rabbitmq.vhost()
    rabbitmq.add_user("few", vhost, configure=r"^meadow\.", write="^a$", read="^b$")
    rabbitmq.restart()
    assert r"^meadow\." in rabbitmq.control("list_permissions", "--vhost", vhost)
    assert rabbitmq.queues(vhost) == {}


def test_redis_answers_by_every_way(redis_server: RedisServer) -> None:
    redis_server.restart()
    with redis_server.client() as client:
        assert client.ping()
    assert redis_server.socket
    assert redis_server.socket.exists()
