"""What somebody is told whose settings cannot be used: the line, the nearest names, what is taken and what was given."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from meadow.deploy.main import main

SECRET = "s3cret"


def told(tmp_path: Path, content: str | bytes) -> str:
    """By `meadow check` with this file; it is one line, ends with 2, and shows no secret."""
    file = tmp_path / "meadow.toml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    done = CliRunner().invoke(main, ["--config", str(file), "check"])
    assert (done.exit_code, done.output.count("\n")) == (2, 1), done.output
    assert SECRET not in done.output
    return done.output.replace(str(file), "FILE")


@pytest.mark.parametrize(
    ("content", "where", "mend"),
    [
        (f'tenant = "a"\n\n[clusters.shop]\nurl = amqp://u:{SECRET}@h', "FILE, line 4, at url:", "stands in quotes"),
        (f'tenant = "a"\nsecret = "{SECRET}', "FILE, line 2, at secret:", "ends on its line"),
        (f'secret = "{SECRET}\n', "FILE, line 1, at secret:", "ends on its line"),
        (f"broker amqp://u:{SECRET}@h", "FILE, line 1:", 'name = "text"'),
        ('port = 1\nhost = "h"\nport = 2\n', "FILE, line 3, at port:", "stands once"),
        ('[query]\nport = 1\n[query]\nhost = "h"', "FILE, line 3:", "stands once"),
        ('data_dir = "C:\\x"', "FILE, line 1, at data_dir:", "single quotes"),
        ("redact = True", "FILE, line 1, at redact:", "true or false"),
        (b'tenant = "a"\nhost = "\xff"', "FILE, line 2:", "UTF-8"),
        ("port = " + "[" * 5000, "FILE ", "nested too deeply"),
        ("port = " + "1" * 5000, "FILE, line 1, at port:", "too many digits"),
    ],
)
def test_a_file_that_does_not_parse_is_told_with_its_line(tmp_path: Path, content: str, where: str, mend: str) -> None:
    output = told(tmp_path, content)
    assert where in output
    assert mend in output


def test_a_mark_of_the_byte_order_is_no_error(tmp_path: Path) -> None:
    assert "does not know prot. Did you mean port?" in told(tmp_path, "\ufeffprot = 1")


@pytest.mark.parametrize(
    ("content", "near"),
    [
        ("data-dir = 1", "data_dir"),
        ("DATADIR = 1", "data_dir"),
        ("kafka_pasword = 1", "kafka_password"),
        ("kafka_servers = 1", "kafka"),
        ("days = 1", "dead_letters_days or events_days or tasks_days"),
        ("[cluster.shop]", "clusters"),
        ("[query]\nworker = 1", "workers"),
        ('[clusters.a]\nurl = "redis://h"\nkeyprefix = "a"', "global_keyprefix"),
    ],
)
def test_a_name_that_is_not_known_is_told_with_the_nearest(tmp_path: Path, content: str, near: str) -> None:
    assert f"Did you mean {near}?\n" in told(tmp_path, content)


def test_a_name_like_no_other_is_told_with_where_all_are(tmp_path: Path) -> None:
    output = told(tmp_path, "zzzz = 1")
    assert output == (
        "meadow: FILE does not know zzzz. docs/settings.md has every setting; `meadow COMMAND --help` those of a command.\n"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('port = "abc"', 'FILE: port takes a whole number from 1 to 65535, not the text "abc".'),
        ("port = 70000", "FILE: port takes a whole number from 1 to 65535, not 70000."),
        ("port = 0x" + "f" * 9000, "FILE: port takes a whole number from 1 to 65535, not a whole number."),
        ("port = 1.5", "FILE: port takes a whole number from 1 to 65535, not 1.5."),
        ("[query]\nworkers = true", "FILE: [query]: workers takes a whole number from 1 to 64, not true."),
        ("log_bytes = 1", "takes a whole number of 16000000 or more, not 1."),
        ("rows_per_second = nan", "takes a number above 0 and up to 1000000000, not nan."),
        ('redact = "no"', 'redact takes true or false, not the text "no".'),
        ('log_level = "loud"', 'takes one of "debug", "info", "warning", "error", not the text "loud".'),
        ("data_dir = 2001-01-01", "data_dir takes a text in quotes, not a date or time."),
        ("clickhouse_password = 1234", "clickhouse_password takes a text in quotes, not a whole number."),
        (f'registry_key = "{SECRET}"', "registry_key takes a list of texts such as"),
        (f'broker = ["amqp://u:{SECRET}@h", 1]', "broker takes a list of texts such as"),
        ("[kafka]\nx = 1", "kafka is a setting, not a table. Write kafka = …"),
        ('[clusters.a]\nurl = "redis://h"\nholders = true', "[clusters.a]: holders takes a whole number, not true."),
        ('[clusters.a]\nurl = "redis://h"\nholders = 99', "[clusters.a]: holders is 99; 0 to 16 are accepted."),
        (f'[clusters.a]\nurl = "{SECRET}"', "[clusters.a]: A broker URL looks like"),
    ],
)
def test_a_wrong_value_is_told_with_what_is_taken(tmp_path: Path, content: str, said: str) -> None:
    assert said in told(tmp_path, content)


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        (["all", "--port", "x"], {}, "it takes a whole number from 1 to 65535"),
        (["all"], {"MEADOW_PORT": "0"}, "it takes a whole number from 1 to 65535"),
        (["all"], {"MEADOW_REDACT": "perhaps"}, 'it takes true or false, not the text "perhaps".'),
        (["token", "--hours", "0"], {}, "it takes a whole number from 1 to 8784"),
        (["replay", "log", "--rows-per-second", "0"], {}, "it takes a number above 0 and up to 1000000000"),
        (["all", "--log-level", "loud"], {}, "is not one of 'debug'"),
        (["all", "--allowed-host", "https://meadow.example.com"], {}, "give the name alone"),
        (["web"], {"MEADOW_ALLOWED_HOST": "a.example.com,*.example.com"}, "'*.example.com' is no host name"),
        (["token", "--secret", "s" * 32, "--cluster", "a,B"], {}, "'B' is no name: use a-z"),
    ],
)
def test_a_wrong_flag_or_variable_is_told_with_what_is_taken(
    arguments: list[str], variables: dict[str, str], said: str
) -> None:
    done = CliRunner().invoke(main, arguments, env=variables)
    assert (done.exit_code, said in done.output) == (2, True), done.output


def test_hosts_are_names_and_addresses() -> None:
    names = ("meadow.example.com", "under_score", "10.0.0.1", "::1", "[fe80::1]")
    context = main.commands["web"].make_context("web", ["--allowed-host", ",".join(names)])
    assert context.params["allowed_host"] == names


def test_help_says_what_each_command_is_for_in_whole_sentences() -> None:
    commands = CliRunner().invoke(main, ["--help"]).output.partition("Commands:")[2]
    assert len(commands.strip().splitlines()) == len(main.commands)
    assert "..." not in commands
