"""What a request to the ClickHouse front says: the statement, its rows, its format, its settings and parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from meadow.core.statements import split, words

# Not settings: https://clickhouse.com/docs/interfaces/http
TRANSPORT = frozenset(
    {
        "database",
        "query",
        "query_id",
        "user",
        "password",
        "default_format",
        "wait_end_of_query",
        "buffer_size",
        "compress",
        "decompress",
        "client_protocol_version",
        "enable_http_compression",
        "send_progress_in_http_headers",
        "http_headers_progress_interval_ms",
        "cancel_http_readonly_queries_on_client_close",
    }
)
_INSERT = re.compile(rb"\s*(INSERT\s+INTO\s+[^'(]+?(?:\([^)]*\))?)\s+FORMAT\s+(\w+)[ \t]*\n?", re.I)
_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*\Z", re.I)


@dataclass(frozen=True)
class Insert:
    """`INSERT INTO t (a, b)`, and rows in a format."""

    into: str
    form: str
    rows: bytes


@dataclass(frozen=True)
class Request:
    """values: of the URL and the form. sql: without the rows of an insert."""

    values: Mapping[str, str]
    sql: str
    insert: Insert | None

    @property
    def parameters(self) -> dict[str, str]:
        return {name[6:]: value for name, value in self.values.items() if name.startswith("param_")}

    @property
    def settings(self) -> dict[str, str]:
        """With the tag that a running statement is found by."""
        names = [name for name in self.values if name not in TRANSPORT and not name.startswith("param_")]
        return {name: self.values[name] for name in names} | {"query_cache_tag": self.values["query_id"]}

    @property
    def form(self) -> str:
        said = _FORMAT.search(self.sql)
        return said[1] if said else self.values.get("default_format", "TabSeparated")

    @property
    def reads(self) -> bool:
        """What a server ends when its client goes."""
        return words(self.sql)[:1] in (["SELECT"], ["WITH"]) and self.values.get("readonly", "0") != "0"

    @property
    def statements(self) -> int:
        """chDB runs all it is given, a server no more than one."""
        return 1 if self.insert else len(split(self.sql))


def request_of(values: Mapping[str, str], body: bytes) -> Request:
    """SQL is the value `query`, a line break, the body."""
    query = values.get("query", "").encode()
    text = query + b"\n" + body if query else body
    if found := _INSERT.match(text):
        into, form = found[1].decode(), found[2].decode()
        return Request(values, f"{into} FORMAT {form}", Insert(into, form, text[found.end() :]))
    return Request(values, text.decode(errors="replace").strip(), None)


def quoted(value: str, mark: str = "'") -> str:
    return mark + value.replace("\\", "\\\\").replace(mark, "\\" + mark) + mark
