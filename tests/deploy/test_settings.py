"""What a Meadow on many machines is started with: read, refused with what would do, and printed for its users."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from meadow.core.errors import BadSettings
from meadow.deploy import roles
from meadow.deploy.adapters import clickhouse_settings
from meadow.deploy.gunicorn import given_of
from meadow.deploy.main import main
from meadow.deploy.migrate import migrate_of
from meadow.deploy.names import Tables
from meadow.deploy.settings_document import document

ROOT = Path(__file__).parents[2]
KAFKA, CLICKHOUSE, SECRET, KEY = "127.0.0.1:1", "http://127.0.0.1:2", "s" * 64, "k" * 64


def given(command: str, *arguments: str) -> dict[str, Any]:
    """The options of a command as they would be without a file."""
    return main.commands[command].make_context(command, list(arguments)).params


def said(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(main, arguments, env=env)
    return done.exit_code, done.output


def test_the_printed_settings_are_those_of_the_command_line() -> None:
    assert (ROOT / "docs/settings.md").read_text() == document(), (
        "python -m meadow.deploy.settings_document > docs/settings.md"
    )


def test_every_role_is_read() -> None:
    servers = ("--kafka", "a:1, b:2", "--clickhouse", CLICKHOUSE)
    ingest = roles.ingest_of(
        given("ingest", *servers[:2], "--registry-key", f"{KEY}, {KEY}x", "--node", "n", "--zone", "z")
    )
    assert (ingest.kafka.servers, ingest.keys, ingest.node, ingest.zone) == (("a:1", "b:2"), (KEY, f"{KEY}x"), "n", "z")
    write = roles.write_of(given("write", *servers, "--shard", "2/3", "--clickhouse-quorum", "2"))
    assert (write.shard, write.listening.port, write.clickhouse.database) == ((1, 3), 5562, "meadow")
    assert clickhouse_settings(write.clickhouse).insert_quorum == 2
    control = roles.control_of(given("control", *servers, "--secret", SECRET, "--registry-key", KEY))
    assert (control.secret, control.listening.workers, control.operator) == (SECRET.encode(), 2, "default")
    web = roles.web_of(given("web", "--query", "http://a:1,http://b:1", "--secret", SECRET))
    assert (web.query, web.control) == (("http://a:1", "http://b:1"), ("http://127.0.0.1:5564",))
    for role in (ingest, write, control, web):
        assert SECRET not in repr(role)
        assert KEY not in repr(role)


@pytest.mark.parametrize(
    ("arguments", "mend"),
    [
        (["ingest"], "MEADOW_KAFKA"),
        (["ingest", "--kafka", "kafka"], "host:port"),
        (["ingest", "--kafka", KAFKA], "MEADOW_REGISTRY_KEY"),
        (["ingest", "--kafka", KAFKA, "--registry-key", "short"], "at least 32"),
        (["ingest", "--kafka", KAFKA, "--kafka-security", "SASL_SSL"], "user name and a password"),
        (["ingest", "--kafka", KAFKA, "--kafka-security", "SSL", "--kafka-ca-file", "/no"], "cannot be read"),
        (["write", "--kafka", KAFKA], "MEADOW_CLICKHOUSE"),
        (["write", "--kafka", KAFKA, "--clickhouse", "http://u:p@h"], "--clickhouse-password"),
        (["write", "--kafka", KAFKA, "--clickhouse", CLICKHOUSE, "--shard", "3/2"], "I/N"),
        (["query", "--kafka", KAFKA, "--clickhouse", CLICKHOUSE], "openssl rand"),
        (["query", "--kafka", KAFKA, "--clickhouse", CLICKHOUSE, "--secret", "short"], "32 bytes or more"),
        (["query", "--kafka", KAFKA, "--clickhouse", CLICKHOUSE, "--secret-file", "/no"], "cannot be read"),
        (["web", "--secret", SECRET, "--query", "host"], "one base URL or more"),
        (["web", "--secret", SECRET, "--trusted-proxy", "10.0.0.0/8,proxy"], "such as 10.0.0.0/8"),
        (["all", "--trusted-proxy", "0.0.0.0/0"], "anybody"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_line(arguments: list[str], mend: str) -> None:
    code, output = said(*arguments)
    assert (code, mend in output, output.count("\n")) == (2, True, 1), output


def test_a_table_of_the_file_is_for_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "meadow.toml"
    file.write_text('host = "::1"\n[query]\nport = 8080\nallowed_host = ["a", "b"]\n[web]\nquery = "http://a:1"')
    assert (given_of("query")["port"], given_of("query")["host"]) == (8080, "::1")
    assert given_of("query")["allowed_host"] == ("a", "b")
    assert (given_of("web")["port"], given_of("web")["query"]) == (5555, "http://a:1")
    monkeypatch.setenv("MEADOW_PORT", "8081")
    monkeypatch.setenv("MEADOW_ALLOWED_HOST", "c,d")
    assert (given_of("query")["port"], given_of("query")["allowed_host"]) == (8081, ("c", "d"))
    file.write_text('query = "http://b:1"')
    assert given_of("web")["query"] == "http://b:1"


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("[query]\nprot = 1", "Did you mean port?"),
        ("[querry]\nport = 1", "Did you mean query?"),
        ("[kafka]\nport = 1", "kafka is a setting, not a table"),
        ("[tenants.acme]\ncluster = 1", "Did you mean clusters?"),
        ("tenants = 1", "tenants is a table"),
    ],
)
def test_a_table_nobody_knows_is_refused(tmp_path: Path, text: str, mend: str) -> None:
    file = tmp_path / "meadow.toml"
    file.write_text(text)
    code, output = said("--config", str(file), "check")
    assert (code, mend in output) == (2, True), output


def test_migrate_seeds_the_tenants_of_the_file() -> None:
    options = given("migrate", "--kafka", KAFKA, "--clickhouse", CLICKHOUSE, "--broker", "shop=amqp://h")
    tables = Tables({"mail": {"url": "redis://h"}}, {"acme": {"web": {"url": "redis://h"}}})
    role = migrate_of(options, tables)
    assert [(one.tenant, [slug for slug, _ in one.clusters]) for one in role.seeds] == [
        ("default", ["mail", "shop"]),
        ("acme", ["web"]),
    ]
    assert role.seeds[0].flags == {"shop"}
    with pytest.raises(BadSettings, match="is no name"):
        migrate_of(options, Tables({}, {"Acme": {}}))


def test_the_services_sign_with_one_secret() -> None:
    code, output = said("token", "--secret", SECRET, "--tenant", "acme", env={"MEADOW_DATA_DIR": "/nowhere"})
    assert code == 0
    assert output.strip().count(".") == 2


@pytest.mark.parametrize(("variable", "operator"), [(None, "default"), ("acme", "acme"), ("", "")])
def test_nobody_is_the_operator_where_the_variable_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str | None, operator: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if variable is not None:
        monkeypatch.setenv("MEADOW_OPERATOR", variable)
    assert given_of("query")["operator"] == operator


def test_every_option_has_a_meaning() -> None:
    silent = [
        f"{command.name} {parameter.opts[0]}"
        for command in main.commands.values()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    ]
    assert not silent
