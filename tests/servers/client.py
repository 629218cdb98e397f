"""Asks a running Meadow as a script with a token would, and writes the file that names what it watches."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from tests.servers.celery import Broker


class Refused(Exception):
    """A problem document: status and body."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body


class Client:
    """url: of the one origin; token: what it asks with."""

    url = token = ""

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON of `/api/v1{path}`. Raises Refused."""
        query = urllib.parse.urlencode({name.rstrip("_"): value for name, value in parameters.items()}, doseq=True)
        return self.call("GET", f"/api/v1{path}{'?' if query else ''}{query}")

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """The JSON answer to a JSON body. Raises Refused."""
        return self.call("POST", f"/api/v1{path}", body, {k.replace("_", "-"): v for k, v in headers.items()})

    def call(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """One request with the token. Raises Refused."""
        data = None if body is None else json.dumps(body).encode()
        merged = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **(headers or {})}
        request = urllib.request.Request(self.url + path, data, merged, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, json.loads(error.read() or b"{}")) from None

    def items(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while True:
            page = self.get(path, **parameters, **cursor)
            found += page["items"]
            if not page["next"]:
                return found
            cursor = {"cursor": page["next"]}


def toml_of(brokers: Mapping[str, Broker]) -> str:
    """`[clusters.NAME]` tables."""
    lines: list[str] = []
    for name, broker in brokers.items():
        lines += [f"[clusters.{name}]", f"url = {json.dumps(broker.url)}"]
        lines += [f"[clusters.{name}.transport_options]"] if broker.options else []
        lines += [f"{key} = {json.dumps(str(value))}" for key, value in broker.options.items()]
    return "\n".join(lines) + "\n"
