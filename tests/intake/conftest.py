"""One repository per test, and one moment from which it is read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.intake.repositories import Story

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path / "shop")
