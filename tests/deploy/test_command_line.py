"""The command line: what it knows, what it refuses, and that it starts quickly enough to be asked for help."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from meadow.deploy.main import main
from tests.servers.processes import free_port

ROOT = Path(__file__).parents[2]


def run(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(main, arguments, env=env)
    return done.exit_code, done.output


def test_help_imports_no_engine() -> None:
    heavy = ("chdb", "aiohttp", "celery", "kombu", "aiormq", "redis", "clickhouse_connect")
    code = f"import sys, meadow.deploy.main; print([m for m in {heavy!r} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("command", ["all", "demo", "check", "token"])
def test_every_command_explains_itself(command: str) -> None:
    code, output = run(command, "--help")
    assert code == 0
    assert "Usage:" in output


def test_a_server_that_is_away_is_no_wrong_setting() -> None:
    """Whoever starts Meadow again is told apart by the exit status whether that may help."""
    away = ["--kafka", f"127.0.0.1:{free_port()}", "--clickhouse", f"http://127.0.0.1:{free_port()}"]
    code, output = run("migrate", *away)
    assert (code, "cannot be reached" in output) == (1, True)
    assert "Traceback" not in output
    code, _ = run("migrate", "--kafka", "kafka")
    assert code == 2


def test_unknown_names_are_refused_with_the_nearest() -> None:
    code, output = run("token", env={"MEADOW_DATADIR": "x"})
    assert (code, "Did you mean MEADOW_DATA_DIR?" in output) == (2, True)
    assert "Traceback" not in output


def test_the_file_is_read_and_its_unknown_names_refused(tmp_path: Path) -> None:
    file = tmp_path / "meadow.toml"
    file.write_text('data_dirr = "x"')
    assert "Did you mean data_dir?" in run("--config", str(file), "check")[1]
    file.write_text("data_dir = ")
    assert "line 1, at data_dir: this does not parse" in run("--config", str(file), "check")[1]
    assert "There is no file" in run("--config", str(tmp_path / "absent.toml"), "check")[1]


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    file = tmp_path / "meadow.toml"
    file.write_text(f"data_dir = {json.dumps(str(tmp_path / 'file'))}")
    chosen = ["--config", str(file), "token"]
    assert f"no folder {tmp_path / 'file'}" in run(*chosen)[1]
    assert f"no folder {tmp_path / 'env'}" in run(*chosen, env={"MEADOW_DATA_DIR": str(tmp_path / "env")})[1]
    flag = [*chosen, "--data-dir", str(tmp_path / "flag")]
    assert f"no folder {tmp_path / 'flag'}" in run(*flag, env={"MEADOW_DATA_DIR": str(tmp_path / "env")})[1]


def test_all_wants_a_cluster(tmp_path: Path) -> None:
    code, output = run("all", "--data-dir", str(tmp_path))
    assert (code, "--broker shop=amqp://" in output) == (2, True)


def test_a_token_is_the_last_line_alone(tmp_path: Path) -> None:
    code, output = run("token", "--data-dir", str(tmp_path))
    assert code == 0
    assert output.strip().splitlines()[-1].count(".") == 2
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_a_token_refuses_a_permission_it_does_not_know(tmp_path: Path) -> None:
    code, output = run("token", "--data-dir", str(tmp_path), "--permission", "task:read")
    assert (code, "did you mean tasks:read" in output) == (2, True)


def test_check_says_what_is_wrong_with_a_broker_that_is_away(tmp_path: Path) -> None:
    code, output = run("check", "--data-dir", str(tmp_path), "--broker", "shop=redis://:s3cret@127.0.0.1:1/0")
    assert code == 1
    assert "wrong  cluster shop" in output
    assert "s3cret" not in output
