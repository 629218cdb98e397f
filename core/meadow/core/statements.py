"""Tells where SQL statements end, so that a file is run one by one and a question can never be two."""

from __future__ import annotations

import re

# ClickHouse's lexer: comments `--`, `//`, `#!`, `# ` to the end of the line and `/* */`; strings and names take \ and doubling.
_TOKEN = re.compile(
    r"""(?P<comment>(?:--|//)[^\n]*|\#[ !][^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
      | (?P<end>;)
      | (?P<word>\w+)
      | (?P<other>\s+|.)""",
    re.S | re.X,
)


def split(text: str) -> tuple[str, ...]:
    """The statements of a file, in order, without comments and without the `;` between them; none is empty."""
    statements = [""]
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "end":
            statements.append("")
        elif token.lastgroup != "comment":
            statements[-1] += token[0]
        else:
            statements[-1] += " "
    return tuple(statement.strip() for statement in statements if statement.strip())


def words(statement: str) -> list[str]:
    """The bare words of a statement, upper-cased, in order; nothing out of comments, strings or quoted names."""
    return [token[0].upper() for token in _TOKEN.finditer(statement) if token.lastgroup == "word"]
