"""What every log must do. An adapter's test module subclasses LogSuite and provides the fixture `logs`: a log_parts.Logs."""

from __future__ import annotations

from tests.contracts.log_bounds_cases import BoundsCases
from tests.contracts.log_follow_cases import FollowCases
from tests.contracts.log_tail_cases import TailCases


class LogSuite(FollowCases, TailCases, BoundsCases):
    """All cases. Nothing here knows how an adapter keeps its records."""
