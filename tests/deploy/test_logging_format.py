"""Log lines as JSON: one a record, whose it is, and never a secret."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from meadow.core import log_context
from meadow.core.guard import Guard, GuardSettings
from meadow.core.http import json_response, open_to_all
from meadow.deploy.logging_format import MESSAGE_CHARS_MAX, formatter, masked
from tests.core.guarded import TOKEN, TOKENS, bearer

URLS = [
    ("amqp://meadow:hunter2@rabbit:5672/shop", "amqp://meadow:***@rabbit:5672/shop"),
    ("redis://:hunter2@cache:6379/0", "redis://:***@cache:6379/0"),
    ("sentinel://:hunter2@a:26379;sentinel://:hunter2@b:26379", "sentinel://:***@a:26379;sentinel://:***@b:26379"),
    ("https://default:hunter2@click:8443/?password=hunter2", "https://default:***@click:8443/?***"),
    ("amqp://u:hun@ter2@h", "amqp://u:***@h"),
    ("amqp://u:hun'ter2@h", "amqp://u:***@h"),
    ("http://query:5563/api/v1/tasks", "http://query:5563/api/v1/tasks"),
]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is written by a logger of its own."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter("json", "ingest-1"))
    logger = logging.getLogger("meadow")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


def read(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_record_is_one_line(lines: io.StringIO) -> None:
    logging.getLogger("meadow.ingest").warning("two\nlines of %s", "it")
    (line,) = read(lines)
    moment = datetime.fromisoformat(line.pop("time"))
    assert moment.utcoffset() == timedelta(0)
    assert line == {
        "level": "warning",
        "logger": "meadow.ingest",
        "message": "two\nlines of it",
        "node": "ingest-1",
    }


def test_an_exception_is_a_field_without_its_secrets(lines: io.StringIO) -> None:
    try:
        raise ConnectionError("cannot reach amqp://meadow:hunter2@rabbit:5672//")
    except ConnectionError:
        logging.getLogger("meadow.ingest").exception("the broker %s is away", "redis://:hunter2@cache:6379/0")
    (line,) = read(lines)
    assert line["message"] == "the broker redis://:***@cache:6379/0 is away"
    assert line["exception"].endswith("ConnectionError: cannot reach amqp://meadow:***@rabbit:5672//")
    assert "Traceback" in line["exception"]
    assert "hunter2" not in lines.getvalue()


@pytest.mark.parametrize(("url", "shown"), URLS)
def test_urls_are_shown_without_passwords(url: str, shown: str) -> None:
    assert masked(url) == shown
    for around in ("Cannot reach {}: refused.", "URL('{}')", '{{"url":"{}"}}', "<{}>", "{},{}"):
        assert "hun" not in masked(around.format(url, url))


@pytest.mark.parametrize(
    "text",
    [
        "{'sasl_plain_password': 'hunter2 and more'}",
        'password="hunter2"',
        "password=hunter2&user=x",
        '{\\"password\\": \\"hunter2\\"}',
        "GET /?token=hunter2",
        f"Authorization: Bearer {TOKEN}",
        f"the token {TOKEN} was refused",
        "Authorization: Bearer hunter2hunter2hunter2",
        "amqp://u:hunter2 with a space@h",
    ],
)
def test_secrets_are_not_written(text: str) -> None:
    assert "hunter2" not in masked(text)
    assert TOKEN not in masked(text)


def test_words_about_secrets_stay() -> None:
    text = "The secret has 10 bytes; at least 32 are needed. Send a bearer token, or the password that holds."
    assert masked(text) == text


def test_the_text_form_is_masked_too() -> None:
    record = logging.LogRecord("meadow", logging.ERROR, "", 0, "%s", ("amqp://u:hunter2@h",), None)
    assert formatter("text").format(record).endswith("ERROR   meadow: amqp://u:***@h")


def written(message: str, *arguments: object) -> Any:
    """The `message` of a line."""
    record = logging.LogRecord("meadow", logging.ERROR, "", 0, message, arguments, None)
    return json.loads(formatter("json").format(record))["message"]


def test_what_a_record_holds_never_fails_and_is_bounded() -> None:
    assert written("half a letter \ud800 and %s", "\x00\x1b[31m") == "half a letter ? and \x00\x1b[31m"
    assert written("%d", "no number") == "%d ('no number',)"
    for hostile in ("x", "-eyJ", "a://", "password"):
        assert len(written(hostile * 100_000)) <= MESSAGE_CHARS_MAX


def test_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="xml"):
        formatter("xml")


class Talking:
    """A part that logs."""

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/mine", self.say), web.get("/open", self.say_openly)]

    async def say(self, request: web.Request) -> web.Response:
        await asyncio.create_task(self._beside())
        return json_response({})

    @open_to_all
    async def say_openly(self, request: web.Request) -> web.Response:
        return await self.say(request)

    async def _beside(self) -> None:
        logging.getLogger("meadow.talking").error("said")


async def test_a_line_of_a_request_says_whose_it_is(lines: io.StringIO) -> None:
    app = Guard(TOKENS, GuardSettings()).app([Talking()])
    async with TestClient(TestServer(app)) as client:
        for path, headers in (("/mine", bearer()), ("/open", {}), ("/mine", bearer())):
            async with client.get(path, headers={**headers, "X-Request-Id": f"id-of{path[1:]}"}) as response:
                assert response.status == 200
    mine, opened, again = read(lines)
    assert (mine["tenant"], mine["request_id"]) == ("acme", "id-ofmine")
    assert "tenant" not in opened  # one connection, another caller
    assert opened["request_id"] == "id-ofopen"
    assert again["tenant"] == "acme"


def test_nothing_is_known_outside() -> None:
    assert log_context.about() == {}
