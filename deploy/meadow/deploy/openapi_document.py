"""Prints what the page's types are made of: `python -m meadow.deploy.openapi_document > web/ui/openapi.json`."""

from __future__ import annotations

import json

from meadow.control.offers import OFFERS as COMMANDS
from meadow.control.registry.offers import OFFERS as REGISTRY
from meadow.query.offers import OFFERS as QUESTIONS
from meadow.query.openapi import document
from meadow.web.offers import OFFERS as SESSIONS


def printed() -> str:
    """The whole file: every operation of every service, without the version, which says nothing about types."""
    made = document((*QUESTIONS, *COMMANDS, *REGISTRY, *SESSIONS))
    made["info"]["version"] = "1"
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(printed(), end="")
