"""What is asked about the API itself."""

from __future__ import annotations

from meadow.core.operations import Operation
from meadow.query import schemas
from meadow.query.offers.parameters import API

ME = Operation(method="GET", path=f"{API}/me", summary="Who you are and what you may do", answer=schemas.ME)

OPENAPI = Operation(method="GET", path=f"{API}/openapi.json", summary="This document", answer=schemas.ANYTHING)

DOCS = Operation(
    method="GET", path=f"{API}/docs", summary="This document, to be read", media="text/html", answer={"type": "string"}
)
