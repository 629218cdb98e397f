"""Secrets do not leave the collector: by their names, by their looks, in every shape a task shows them."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest

from meadow.core.errors import BadSettings
from meadow.core.events import EventRow
from meadow.core.scrubber import SCANNED_CHARS_MAX
from meadow.ingest.stages.redact import Redact, RedactSettings
from tests.ingest.messages import HEAD, JSON, PICKLE, decoded, fields, marks

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nhunter2hunter2\n-----END RSA PRIVATE KEY-----"


def redacted(**said: Any) -> EventRow:
    return Redact(RedactSettings())(decoded(HEAD | said)).events[0]


def clean(text: str, settings: RedactSettings | None = None) -> str:
    batch = decoded(HEAD | {"kwargs": text})
    return Redact(settings or RedactSettings())(batch).events[0].get("kwargs", "")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("{'password': 'hunter2', 'a': 1}", "{'password': '***', 'a': 1}"),
        ('{"password": "hun\\"ter2", "b": 2}', '{"password": "***", "b": 2}'),
        ("{'a': 1, 'DB_PASSWORD': 'hunter2'}", "{'a': 1, 'DB_PASSWORD': '***'}"),
        ("{'password': 'it\\'s hunter2', 'b': 1}", "{'password': '***', 'b': 1}"),
        ("{'password': b'hunter2'}", "{'password': b'***'}"),
        ("{'cvv': 123, 'b': 1}", "{'cvv': ***, 'b': 1}"),
        ("{'tokens': ['hunter2', \"hunter2)\"], 'k': 1}", "{'tokens': ***, 'k': 1}"),
        ("{'secret': {'a': ('hunter2',)}, 'k': 1}", "{'secret': ***, 'k': 1}"),
        ("{'api_key': SecretStr('hunter2'), 'k': 1}", "{'api_key': ***, 'k': 1}"),
        ("'{\\\"password\\\": \\\"hunter2\\\", \\\"b\\\": 1}'", "'{\\\"password\\\": \\\"***\\\", \\\"b\\\": 1}'"),
        ("login(user='bob', password='hunter2', x=1)", "login(user='bob', password='***', x=1)"),
        ("Server=db;Password=hunter2;Timeout=5", "Server=db;Password=***;Timeout=5"),
        ("https://h/?api_key=hunter2&x=1", "https://h/?api_key=***&x=1"),
        ("X-Api-Key: hunter2\nHost: h", "X-Api-Key: ***\nHost: h"),
        ("apiKey=hunter2 clientSecret=hunter2", "apiKey=*** clientSecret=***"),
        ("private-key = hunter2", "private-key = ***"),
        ("Authorization: Digest user=hunter2, b=hunter2\nHost: h", "Authorization: ***\nHost: h"),
        ("{'headers': {'Cookie': 'sid=hunter2; x=hunter2'}}", "{'headers': {'Cookie': '***'}}"),
        ("cookies={'sid': 'hunter2'}, x=1", "cookies=***, x=1"),
        ("password='hunter2", "password='***"),
        ("{'password': ['hunter2', 'hunt", "{'password': ***"),
        ('password="""hun"ter2""" x', 'password="***" x'),
        ("if password == 'hunter2':", "if password == '***':"),
        ("{'password': None, 'token': '', 'secret': \"\"}", "{'password': None, 'token': '', 'secret': \"\"}"),
        ("KeyError('password')", "KeyError('password')"),
        ("the password is wrong", "the password is wrong"),
        ("amqp://bob:hunter2@h:5672/v", "amqp://bob:***@h:5672/v"),
        ("redis://:hunter2@h/0 ok", "redis://:***@h/0 ok"),
        ("amqp://bob:hun@ter2@h/", "amqp://bob:***@h/"),
        ("http://h:80/a@b", "http://h:80/a@b"),
        ("curl -H 'x: Bearer hunter2.hunter2'", "curl -H 'x: ***'"),
        (f"sent {JWT} to", "sent *** to"),
        (f"k={PEM}!", "k=***!"),
        (PEM[:40], "***"),
        ("AKIAIOSFODNN7EXAMPLE", "***"),
        ("Asia/Tokyo AKIA", "Asia/Tokyo AKIA"),
        ("card 4111 1111 1111 1111!", "card ***!"),
        ("(5500-0000-0000-0004,)", "(***,)"),
        ("378282246310005", "***"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"),
        ("at 1795426899123, 0.4242424242424242", "at 1795426899123, 0.4242424242424242"),
    ],
)  # fmt: skip
def test_a_secret_is_hidden_and_the_rest_is_not(said: str, shown: str) -> None:
    assert clean(said) == shown
    assert clean(shown) == shown


@pytest.mark.parametrize("said", ["{'password': 'C:\\', 'token': 'hunter2'}", "{'password': 'a\\', 'b': 1}"])
def test_celerys_repr_leaves_backslashes_raw_and_then_rather_too_much_is_hidden(said: str) -> None:
    assert "hunter2" not in clean(said)
    assert "C:" not in clean(said)


@pytest.mark.parametrize("column", ["args", "kwargs", "result", "exception", "traceback"])
def test_every_payload_is_looked_at_and_named_in_the_marks(column: str) -> None:
    row = redacted(uuid="password=u", name="token=n", **{column: "password='hunter2'"})
    assert "hunter2" not in orjson.dumps(row).decode()
    assert marks(row) == {"redacted": [column]}
    assert (row["task_id"], row["name"]) == ("password=u", "token=n")


def test_fields_stay_json() -> None:
    said = {"Password": 123456, "note": 'token="hunter2"', "list": [{"cvv": "123", "ok": 1}], "card": 4111111111111111}
    row = redacted(uuid="u", **said, user="bob", password2=None)
    assert fields(row) == {
        "Password": "***", "note": 'token="***"', "list": [{"cvv": "***", "ok": 1}], "card": "***",
        "user": "bob", "password2": None,
    }  # fmt: skip
    assert marks(row) == {"redacted": ["fields"]}


def test_nothing_is_marked_where_nothing_was_hidden() -> None:
    assert "marks" not in redacted(kwargs="{'tokenizer': None}", args="('password',)")


def test_marks_of_decoding_stay() -> None:
    assert marks(redacted(retries="x", args="password=y")) == {"odd": ["retries"], "redacted": ["args"]}


def test_switched_off_it_changes_nothing() -> None:
    assert clean("password=x", RedactSettings(enabled=False)) == "password=x"


def test_keys_and_patterns_of_ones_own() -> None:
    mine = RedactSettings(extra_keys=("iban", "tax_id"), patterns=(r"\bID-\d+\b",))
    assert clean("IBAN=DE1 taxId: 7 ID-42 password=x", mine) == "IBAN=*** taxId: *** *** password=***"
    only = RedactSettings(keys=("iban",), built_in=False)
    assert clean("iban=DE1 password=x AKIAIOSFODNN7EXAMPLE", only) == "iban=*** password=x AKIAIOSFODNN7EXAMPLE"
    assert clean("password=x", RedactSettings(keys=(), built_in=False)) == "password=x"


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(BadSettings):
        Redact(RedactSettings(patterns=("(",)))


def test_dead_letters_are_redacted_too() -> None:
    letter = Redact(RedactSettings())(decoded(b'{"password": "hunter2", \xff')).dead[0]
    body = base64.b64decode(letter.row(7, 9)["body"])
    assert body == b'{"password": "***", \xff' if not letter.binary else body == b""


def test_a_broken_element_is_redacted() -> None:
    letter = Redact(RedactSettings())(decoded([{"kwargs": "{'password': 'hunter2'}"}])).dead[0]
    assert letter.body == b"{\"kwargs\":\"{'password': '***'}\"}"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"\x80\x04password hunter2.", PICKLE), (b"\xffhunter2", JSON), ('{"a":"hunter2'.encode("utf-16"), JSON)],
)
def test_a_dead_body_that_is_not_text_is_withheld(body: bytes, content_type: str) -> None:
    batch = decoded(body, content_type=content_type)
    letter = Redact(RedactSettings())(batch).dead[0]
    assert (letter.body, letter.body_bytes) == (b"", len(body))
    assert "not kept" in letter.detail


@pytest.mark.parametrize("secret", ["password='hunter2'", f"{PEM}", JWT])
def test_a_text_too_long_to_read_whole_shows_no_half_secret(secret: str) -> None:
    half = SCANNED_CHARS_MAX // 2
    for shift in range(1, len(secret), 7):
        head = "x " * (half // 2) + " " * 40
        text = head[: half - shift] + secret + " y" * half
        row = redacted(traceback=text)
        assert len(row["traceback"]) <= SCANNED_CHARS_MAX + 1
        assert secret[:shift] not in row["traceback"][:65_536]
    assert marks(row)["cut"]["traceback"] == len(text)


def test_a_text_of_secrets_only_is_hidden_whole() -> None:
    secret = "password='" + "x" * 1000 + "' "
    text = secret * (2 * SCANNED_CHARS_MAX // len(secret))
    assert redacted(traceback=text)["traceback"] == "***"
