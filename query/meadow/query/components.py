"""Schemas that have a name stand once in the document, under that name, and are referred to elsewhere."""

from __future__ import annotations

from typing import Any

Named = dict[str, Any]


def apart(tree: dict[str, Any]) -> tuple[dict[str, Any], Named]:
    """The tree with `$ref` for every schema that has a `title`, and those schemas by name.

    Raises ValueError when two different schemas have one name.
    """
    found: Named = {}
    return _replaced(tree, found), dict(sorted(found.items()))


def _replaced(value: Any, found: Named) -> Any:
    if isinstance(value, list | tuple):
        return [_replaced(one, found) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _replaced(one, found) for key, one in value.items()}
    return _reference(made, found) if isinstance(made.get("title"), str) else made


def _reference(schema: dict[str, Any], found: Named) -> dict[str, Any]:
    name = schema["title"]
    if found.setdefault(name, schema) != schema:
        raise ValueError(f"Two different schemas are called {name}.")
    return {"$ref": f"#/components/schemas/{name}"}
