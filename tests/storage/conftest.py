"""A clean register on each database."""

import pytest

from storage.database.store import Store
from tests.storage.builders import Register


@pytest.fixture
def register(store: Store) -> Register:
    return Register(store)
