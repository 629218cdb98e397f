"""What the page's types are made of is what the code offers now."""

from meadow.deploy.openapi_document import printed
from tests.house.tree import ROOT

FILE = "web/ui/openapi.json"


def test_the_page_is_built_on_the_api_as_it_is() -> None:
    assert (ROOT / FILE).read_text() == printed(), f"run: python -m meadow.deploy.openapi_document > {FILE}"
