"""What every store must do. An adapter's test module subclasses StoreSuite and provides the fixture `store`: a migrated
Store, fresh for each test, with at least two questions at once."""

from __future__ import annotations

from tests.contracts.store_parameter_cases import ParameterCases
from tests.contracts.store_question_cases import QuestionCases
from tests.contracts.store_row_cases import RowCases


class StoreSuite(RowCases, QuestionCases, ParameterCases):
    """All cases. Nothing here knows where the store is."""
