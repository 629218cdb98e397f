"""What stands in this folder fails at the first failure, however it is run."""

from __future__ import annotations

import pytest


def test_no_test_of_a_promise_is_tried_again(request: pytest.FixtureRequest) -> None:
    here = [item for item in request.session.items if item.path.parent == request.path.parent]
    assert all((mark := item.get_closest_marker("flaky")) and mark.kwargs == {"reruns": 0} for item in here)
