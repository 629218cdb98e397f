"""The API to be read: one page of HTML, made here, without script and without another origin."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from meadow.core.operations import Operation, Parameter

STYLE = """
:root { color-scheme: light dark; font: 13px/20px system-ui, sans-serif; }
body { max-width: 900px; margin: 20px auto; padding: 0 20px; }
h1 { font-size: 20px; line-height: 28px; }
h2 { font-size: 15px; line-height: 24px; margin: 32px 0 4px; }
code { font: 12px/20px ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 4px 12px 4px 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
nav ul { list-style: none; padding: 0; columns: 2; }
"""  # noqa: E501 a rule of CSS reads best on its line


def page(operations: Sequence[Operation]) -> str:
    """The whole page. The style comes from `docs.css` beside it, as a strict Content-Security-Policy asks."""
    contents = "".join(f'<li><a href="#{_anchor(one)}"><code>{_title(one)}</code></a></li>' for one in operations)
    sections = "".join(_section(one) for one in operations)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Meadow API</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="docs.css"></head>'
        '<body><main><h1>Meadow API</h1><p>The same for programs: <a href="openapi.json">openapi.json</a>.</p>'
        f"<nav><ul>{contents}</ul></nav>{sections}</main></body></html>"
    )


def _section(one: Operation) -> str:
    needs = f"<p>Needs <code>{escape(one.permission)}</code>.</p>" if one.permission else ""
    refuses = f"<p>Refuses with <code>{escape(', '.join(one.refuses))}</code>.</p>" if one.refuses else ""
    detail = f"<p>{escape(one.detail)}</p>" if one.detail else ""
    parameters = "".join(_row(parameter) for parameter in one.parameters)
    head = "<thead><tr><th>parameter</th><th>takes</th><th>meaning</th><th>example</th></tr></thead>"
    table = f"<table>{head}<tbody>{parameters}</tbody></table>" if parameters else ""
    title = f'<h2 id="{_anchor(one)}"><code>{_title(one)}</code></h2><p>{escape(one.summary)}.</p>'
    return f"<section>{title}{detail}{table}{needs}{refuses}</section>"


def _row(parameter: Parameter) -> str:
    takes = ", ".join(parameter.choices) if parameter.kind == "choice" else parameter.kind
    if parameter.kind == "number":
        takes = f"{parameter.at_least} to {parameter.at_most}"
    takes += f"; {parameter.default} when left out" if parameter.default else ""
    takes += f"; up to {parameter.repeats_max} times" if parameter.repeats_max > 1 else ""
    cells = (parameter.name, takes, parameter.meaning, parameter.example)
    return (
        f"<tr><th scope='row'><code>{escape(cells[0])}</code></th>"
        + "".join(f"<td>{escape(c)}</td>" for c in cells[1:])
        + "</tr>"
    )


def _title(one: Operation) -> str:
    return escape(f"{one.method} {one.path}")


def _anchor(one: Operation) -> str:
    return escape(f"{one.method}{one.path}".replace("/", "-").replace("{", "").replace("}", "").lower())
