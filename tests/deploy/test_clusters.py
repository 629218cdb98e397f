"""Brokers from options and from the file become clusters, and what cannot be used is refused with what would do."""

from __future__ import annotations

import pytest

from meadow.core.connections import Connection
from meadow.core.errors import BadSettings
from meadow.core.scope import Directory
from meadow.core.slugs import stable_id
from meadow.deploy.clusters import directory as directory_of
from meadow.deploy.clusters import seeds


def directory(tenant: str, brokers: list[str], tables: dict[str, object]) -> Directory:
    return directory_of(seeds(tenant, brokers, tables))


def test_a_broker_may_be_named_or_not() -> None:
    found = directory("acme", ["shop=redis://h/1", "amqp://u:p@h/v=w", "redis://h/2?a=b"], {})
    assert [c.slug for c in found.clusters] == ["shop", "cluster-2", "cluster-3"]
    assert [c.connection.url for c in found.clusters] == ["redis://h/1", "amqp://u:p@h/v=w", "redis://h/2?a=b"]
    assert directory("acme", ["redis://h"], {}).clusters[0].slug == "default"


def test_ids_do_not_depend_on_the_order() -> None:
    one = {c.slug: c.id for c in directory("acme", ["a=redis://h", "b=redis://h"], {}).clusters}
    two = {c.slug: c.id for c in directory("acme", ["b=redis://h", "a=redis://h"], {}).clusters}
    assert one == two == {"a": stable_id("a"), "b": stable_id("b")}


def test_a_table_gives_celerys_own_options() -> None:
    table = {"url": "redis://h/3", "global_keyprefix": "app1:", "fanout_prefix": False, "transport_options": {"x": 1}}
    connection = directory("acme", [], {"shop": table}).clusters[0].connection
    assert connection.redis_channel("celeryev") == "app1:celeryev"
    assert connection.transport_options == (("x", "1"),)


@pytest.mark.parametrize(
    ("brokers", "tables", "said"),
    [
        (["Shop=redis://h"], {}, "is no name"),
        (["a=redis://h", "a=redis://h"], {}, "Rename one"),
        (["localhost:6379"], {}, "looks like amqp://"),
        ([], {"a": {"url": "redis://h", "global_keyprefx": "x"}}, "Did you mean global_keyprefix"),
        ([], {"a": {"url": "redis://h", "enable_events": "no"}}, "takes true or false, not a text"),
        ([], {"a": {"host": "h"}}, "needs url"),
        ([], {"a": 3}, "needs url"),
    ],
)
def test_what_cannot_be_used_is_refused(brokers: list[str], tables: dict[str, object], said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        directory("acme", brokers, tables)


def test_no_password_is_ever_shown() -> None:
    found = directory("acme", ["a=amqp://user:s3cret@h1;amqp://user:s3cret@h2/v?x=s3cret"], {})
    assert "s3cret" not in repr(found)
    assert found.clusters[0].connection.masked == "amqp://user:***@h1;amqp://user:***@h2/v?***"


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("filesystem://", "filesystem://"),
        ("amqp://u:s3/c?r@et@h:5672/v", "amqp://u:***@h:5672/v"),
        ("redis://:s3cret@h/1?password=s3cret", "redis://:***@h/1?***"),
        ("redis+socket:///run/redis.sock?virtual_host=3", "redis+socket:///run/redis.sock?***"),
        ("sentinel://:s3cret@a:1;sentinel://:s3cret@b:2", "sentinel://:***@a:1;sentinel://:***@b:2"),
    ],
)
def test_a_masked_url_shows_where_and_never_how(url: str, masked: str) -> None:
    assert Connection(url).masked == masked
