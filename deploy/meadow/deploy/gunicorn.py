"""The HTTP services under gunicorn: aiohttp's worker, several processes, one port.

`meadow query` starts it; who starts gunicorn by hand names `meadow.deploy.gunicorn:app("query")`, and gives the options by the
environment or meadow.toml. Facts of gunicorn 27.0 and aiohttp 3.14 (`aiohttp/worker.py`):

fork     the worker calls the application, a coroutine function, in its own loop after the fork: nothing is opened before.
start    an application that cannot be made ends the worker with 3 and the master with it, instead of being tried for ever.
dies     a worker that ends in another way is replaced within a second.
stop     SIGTERM: the worker stops listening, the runner's cleanup ends streams, waits for requests, stops services.
control  gunicorn 27 opens a control socket in the home folder unless told not to.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web
from gunicorn.app.base import BaseApplication

from meadow.core.errors import BadSettings
from meadow.deploy.assemble_http import hosted_control, hosted_query, hosted_web
from meadow.deploy.process import configure_logging
from meadow.deploy.roles import Listening, control_of, listening, node, query_of, web_of
from meadow.deploy.worker_app import Hosted, runner

Application = Callable[[], Awaitable[web.AppRunner]]
WORKER = "aiohttp.worker.GunicornWebWorker"
GRACEFUL_S = 35  # more than the worker's own bounds come to
SILENT_S = 60  # a worker whose loop says nothing for that long is killed and replaced


WHATEVER: dict[str, Any] = {
    "worker_class": WORKER,
    "graceful_timeout": GRACEFUL_S,
    "timeout": SILENT_S,
    "control_socket_disable": True,
    "logger_class": "meadow.deploy.gunicorn_log.GunicornLog",
}


def serve(role: str, given: Mapping[str, Any]) -> None:
    """Blocks until it is told to end. Raises BadSettings before anything is started."""
    configure_logging(given["log_level"], given["log_format"], node(given))
    settings = options(role, listening(given), given["log_level"])
    Served(application(role, given), settings | hooks()).run()


def app(role: str) -> Application:
    """For gunicorn's own command line. Raises BadSettings."""
    given = given_of(role)
    configure_logging(given["log_level"], given["log_format"], node(given))
    return application(role, given)


def application(role: str, given: Mapping[str, Any]) -> Application:
    """What a worker calls once. The settings are read here, so that a bad one is said before a worker is started."""
    make = _maker(role, given)

    async def made() -> web.AppRunner:
        return runner(make(Shared.folder))

    return made


def _maker(role: str, given: Mapping[str, Any]) -> Callable[[Path | None], Hosted]:
    if role == "query":
        return partial(hosted_query, query_of(given))
    if role == "control":
        return partial(hosted_control, control_of(given))
    if role == "web":
        return partial(hosted_web, web_of(given))
    raise BadSettings(f"No HTTP service is called {role!r}: query, control and web are.")


class Shared:
    """A folder of this run of gunicorn, known to the master and so to every worker it forks; for their metrics."""

    folder: Path | None = None

    @classmethod
    def make(cls, _: Any) -> None:
        """gunicorn's `on_starting`, in the master."""
        cls.folder = Path(tempfile.mkdtemp(prefix="meadow-"))

    @classmethod
    def remove(cls, _: Any) -> None:
        """gunicorn's `on_exit`, in the master."""
        if cls.folder is not None:
            shutil.rmtree(cls.folder, ignore_errors=True)


def hooks() -> dict[str, Any]:
    """What gunicorn's master is to call."""
    return {"on_starting": Shared.make, "on_exit": Shared.remove}


def options(role: str, listening: Listening, log_level: str) -> dict[str, Any]:
    """gunicorn's settings."""
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    return WHATEVER | {
        "bind": [f"{host}:{listening.port}"],
        "workers": listening.workers,
        "proc_name": f"meadow {role}",
        "loglevel": log_level,
    }


def given_of(role: str) -> Mapping[str, Any]:
    """The options of a command without its flags: environment, else file, else default. Raises BadSettings."""
    from meadow.deploy.main import main, read  # noqa: PLC0415 - main imports the commands, which import this

    command = main.commands[role]
    with main.make_context("meadow", [role]) as context:
        read(context, context.params["config"])
        return command.make_context(role, [], parent=context).params


class Served(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """gunicorn without its command line, its file and its variables."""

    def __init__(self, application: Application, options: Mapping[str, Any]) -> None:
        self._application, self._options = application, options
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn when it is made."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Application:
        """Called by gunicorn in every worker."""
        return self._application
