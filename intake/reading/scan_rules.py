"""A policy's rules for scans, with markers and tables compiled."""

from dataclasses import dataclass
from functools import lru_cache

from debt.policy.markers import TeamMarkers, built_in_markers
from debt.policy.policy import Policy
from debt.policy.scans import Scale, ScanPolicy, SignalsPolicy
from intake.provenance.markers import BUILT_IN, Markers


@dataclass(frozen=True)
class ScanRules:
    """By what files count, become artifacts, are rated and watched."""

    markers: Markers
    scan: ScanPolicy
    signals: SignalsPolicy
    scale: Scale


def rules_of(policy: Policy) -> ScanRules:
    return ScanRules(_markers_of(policy.markers), policy.scan, policy.signals, policy.measure)


@lru_cache(maxsize=4)
def _markers_of(team: TeamMarkers) -> Markers:
    """The built-in table with the team's laid over it."""
    table = team.over(built_in_markers())
    return BUILT_IN if table == built_in_markers() else Markers(table)
