"""What the policy says of scans: what counts, how it becomes artifacts, is rated and watched."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Self

from pydantic import model_validator

from debt.policy.values import (
    Cuts,
    Days,
    Files,
    Margin,
    RatingValue,
    Share,
    Steps,
    Table,
    Text,
    number,
    whole,
)

Added = Annotated[int, whole(0, 4)]


class ScanPolicy(Table):
    threshold: Share
    leave: Share
    mixed: Share
    min_lines: Annotated[int, whole(1, 1_000)]
    collapse: Share
    collapse_files: Files
    max_new: Annotated[int, whole(1, 1_000)]

    @model_validator(mode="after")
    def _shares_are_in_order(self) -> Self:
        if not self.mixed <= self.leave <= self.threshold:
            raise ValueError("allowed are shares of which mixed ≤ leave ≤ threshold")
        return self


class SignalsPolicy(Table):
    silent_days: Days
    churn: Annotated[float, number(1, 100)]
    regenerations: Annotated[int, whole(1, 100)]
    regeneration_days: Days
    duplicate: Share
    unstable: tuple[Text, ...]
    stable: tuple[Text, ...]


class FrequencyScale(Table):
    cuts: Cuts


class ComplexityScale(Table):
    lines: Cuts
    branches: Cuts
    untested: Added


class UsualRisk(Table):
    """By the kinds that a scan tells apart."""

    iac_config: RatingValue
    production_integration: RatingValue
    prototype_service: RatingValue
    test_suite: RatingValue
    throwaway_script: RatingValue


class RiskScale(Table):
    critical: RatingValue
    critical_share: Share
    dependants: Steps
    reverts: Steps
    base: UsualRisk
    paths: Mapping[str, tuple[Text, ...]]


class FrictionScale(Table):
    no_owner: Added
    only_catch_all: Added
    silent: Added
    silent_days: Days
    narrow: Added
    many_heads: Share
    explained: Added


class Scale(Table):
    """How raw values become ratings from 1 to 5; policy.toml explains the keys."""

    version: Text
    hysteresis: Margin
    frequency: FrequencyScale
    complexity: ComplexityScale
    risk: RiskScale
    friction: FrictionScale

    @property
    def fingerprint(self) -> str:
        """Changes with anything in it."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:6]
