"""Prints docs/metrics.md from the table of metrics: `python -m meadow.deploy.metrics_document > docs/metrics.md`."""

from __future__ import annotations

from meadow.core.meters import METRICS, Metric

HEAD = """# Metrics

Printed from `core/meadow/core/meters.py` by `python -m meadow.deploy.metrics_document`; a test compares the two.

Every process answers `GET /metrics` in Prometheus's text form. Nothing is counted for it beside HTTP requests: values are read,
when asked for, from what the services count anyway.

**Who may read it.** `meadow ingest` and `meadow write` answer on their internal listener, to whoever reaches it, under any
`Host`: Prometheus comes by a pod's address or a name of its own network. It listens on 127.0.0.1 unless told otherwise; open it
to Prometheus and probes alone, for it names every tenant and cluster. Query, control and web answer beside the API and need a
token with `metrics:read`: a caller sees the series with its own tenant, of the clusters its token reaches, and nothing else.
Series without a tenant, and all tenants' together, are shown to callers of the operator's tenant only, with a token that is not
limited to clusters. That is the tenant `default`, unless `--operator` names another one or, empty, none; of `meadow all` it is
that of `--tenant`. Prometheus is given such a token by `authorization: {credentials_file: …}`.

**Several processes.** An HTTP service runs several processes behind one port, and whichever is asked tells the sum of all; the
others' part is at most a second old. A process that is replaced leaves its counters behind.

"across" says how a gauge of several processes becomes one value. "yes or no" is 1 or 0. A histogram has the series `_bucket`
(with `le`), `_sum` and `_count`.

| name | kind | unit | labels | across | meaning |
| --- | --- | --- | --- | --- | --- |
"""


def document() -> str:
    """The whole file."""
    return HEAD + "".join(map(_row, METRICS))


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
    across = metric.across if metric.kind == "gauge" else "sum"
    return f"| `{metric.name}` | {metric.kind} | {metric.unit} | {labels} | {across} | {metric.meaning} |\n"


if __name__ == "__main__":
    print(document(), end="")
