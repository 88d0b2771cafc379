"""Somebody who has nothing but the history, and believes no entry that cannot follow the last."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from debt.artifact.artifact import RATING_NAMES, Artifact, Stage, Tier
from debt.artifact.lifecycle import MOVES
from debt.policy.policy import Policy
from debt.policy.roles import Roster
from debt.rules.ending import Leftover
from storage.database.history import HistoryEntry

_UNTOLD = {
    "id", "version", "changed_at", "changed_by", "changed_how", "scan_identity", "ratings",
    "expiry_told", "expiry_noticed_on", "review_told", "review_noticed_on", "snoozed_until",
    "lead_told_on", "leadership_told_on", "owner_changed_on",
}  # fmt: skip
_NO_ACT = {"notice", "snooze"}  # what comes of a notice does not count as a change by somebody
_STEPS = {"plan begun": {"planned"}, "plan done": {"planned", "doing"},
          "plan dropped": {"planned", "doing"}}  # fmt: skip
_CODE_IS_GONE = "none of its paths is in the repository any more"


@dataclass
class Asked:
    """A request, what the tier asked for when it was made, and who has agreed since."""

    kind: str
    by: str
    count: int
    groups: tuple[str, ...] = ()
    only: str | None = None
    voters: set[str] = field(default_factory=set)

    def enough(self, roster: Roster) -> bool:
        able = frozenset[str]().union(*(roster.get(group, frozenset()) for group in self.groups))
        return len(self.voters) >= self.count and (not self.groups or bool(able & self.voters))


@dataclass
class Auditor:
    """Follows one artifact, entry by entry: what was true, who agreed, what was shown, what is
    planned.
    """

    policy: Policy
    facts: dict[str, Any] = field(default_factory=dict)
    waiting: dict[int, Asked] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    plan: dict[str, Any] = field(default_factory=dict)
    parted: date | None = None
    changes: int = 0
    actions: list[str] = field(default_factory=list)

    def reads(self, entry: HistoryEntry, roster: Roster) -> None:
        after = entry.after or {}
        self.actions.append(entry.action)
        if "request" in after:
            self._reads_of_request(entry, after["request"])
        elif "item" in after:
            self.gone |= {after["item"]} if entry.action.endswith("to retire") else set()
        elif entry.action == "plan" or entry.action in _STEPS:
            self._reads_of_plan(entry, after)
        elif entry.before is None:
            assert not self.facts, "an artifact begins once"
            self.facts = dict(after)
        else:
            self._reads_of_change(entry, roster)

    # ------------------------------------------------------------------------- requests

    def _reads_of_request(self, entry: HistoryEntry, number: int) -> None:
        said = entry.action
        if said.startswith("ask to "):
            asked = self._asked(said.removeprefix("ask to "), entry.by)
            others = [each for each in self.waiting.values() if each.kind == asked.kind]
            assert not others, "the same is asked once"
            self.waiting[number] = asked
            return
        asked = self.waiting[number]  # nothing is said of a request that was settled
        if said.startswith("approve to "):
            assert entry.by not in asked.voters, "a word counts once"
            assert entry.by == asked.only if asked.only else entry.by != asked.by
            asked.voters.add(entry.by)
        elif said.endswith(" taken back"):
            asked.voters.remove(entry.by)
        else:
            assert not said.startswith("withdraw to ") or entry.by == asked.by
            assert not said.startswith("reject to ") or entry.by != asked.by or entry.reason
            del self.waiting[number]

    def _asked(self, kind: str, by: str) -> Asked:
        rules = self.policy.tier(self._tier())
        if kind in {"extend", "add"}:
            return Asked(kind, by, max(1, rules.approvals), rules.from_)
        if rules.approvals:
            return Asked(kind, by, rules.approvals, rules.from_)
        assert by != self._owner, "an owner need not ask in the light tier"
        return Asked(kind, by, 1, only=self._owner)

    @property
    def _owner(self) -> str | None:
        """Who can be asked about it."""
        owner: str | None = self.facts.get("owner")
        there = owner and "@" not in owner and not self.facts["owner_gone"]
        return owner if there else None

    def _tier(self) -> Tier:
        """As the policy's words have it (DESIGN.md), told apart from the rule that is tested."""
        facts, limits = self.facts, self.policy.thresholds
        kind = self.policy.kind(facts["kind"])
        risky = facts["risk"] >= limits.strict_risk and facts["surface"] in limits.strict_surfaces
        many = facts["dependants"] >= limits.strict_dependants
        if risky or many or facts["surface"] in kind.strict_on:
            return Tier.STRICT
        light = facts["risk"] <= kind.light_up_to_risk and facts["surface"] in kind.light_on
        return Tier.LIGHT if light else Tier.STANDARD

    # ---------------------------------------------------------------------------- plans

    def _reads_of_plan(self, entry: HistoryEntry, after: Mapping[str, Any]) -> None:
        """One at a time is planned, and what is done or dropped is over."""
        before = entry.before or {}
        assert (entry.before is None) == (not self.plan), "what was planned before is changed"
        assert before == {name: self.plan.get(name) for name in before}
        if entry.action in _STEPS:
            assert before["state"] in _STEPS[entry.action]
        self.plan |= after
        if self.plan["state"] in {"done", "dropped"}:
            self.plan.clear()

    # -------------------------------------------------------------------------- changes

    def _reads_of_change(self, entry: HistoryEntry, roster: Roster) -> None:
        before, after = _told(entry.before), _told(entry.after)
        for name, was in before.items():
            assert was == _said(self.facts.get(name)), f"{name} was not {was!r}"
            assert was != after[name], f"{name} did not change"
        if "stage" in after:
            assert Stage(after["stage"]) in MOVES[Stage(before["stage"])]
        self._may(entry, after, roster)
        if before.get("owner") and entry.action != "owner checked":
            self.parted = entry.at.date()
        if "generation" in after:
            self.parted = None
        self.facts |= after
        self.changes += entry.action not in _NO_ACT

    def _may(self, entry: HistoryEntry, after: Mapping[str, Any], roster: Roster) -> None:
        """Whether those had agreed who have to."""
        needs: dict[str, Callable[[HistoryEntry, Mapping[str, Any]], bool]] = {
            "retire": self._is_owners_word,
            "promote": lambda _entry, _after: self._tier() is not Tier.STRICT,
            "extend": self._is_within_cap,
            "accept": lambda entry, _after: not entry.reason,  # else it says which budget is over
        }
        if entry.action in needs:
            alone = needs[entry.action](entry, after)
            kind = "add" if entry.action == "accept" else entry.action
            assert self._agreed(kind, roster) or alone, f"who agreed to {entry.action}?"
        if entry.action == "end" and entry.reason != _CODE_IS_GONE:
            assert self.gone >= set(Leftover), "its checklist was not done"
        if entry.action in {"keep", "begin again"}:
            self.gone.clear()
        if after.get("stage") == Stage.RETAINED and entry.action == "promote":
            assert after.get("planned_end", self.facts.get("planned_end"))
        if entry.action == "keep":
            assert after["stage"] == self.facts["stage_before"]

    def _agreed(self, kind: str, roster: Roster) -> bool:
        for number, asked in self.waiting.items():
            if asked.kind == kind and asked.enough(roster):
                del self.waiting[number]
                return True
        return False

    def _is_owners_word(self, entry: HistoryEntry, _after: Mapping[str, Any]) -> bool:
        return self._tier() is Tier.LIGHT and entry.by == self._owner

    def _is_within_cap(self, _entry: HistoryEntry, after: Mapping[str, Any]) -> bool:
        rules = self.policy.tier(self._tier())
        few: bool = after["extensions"] <= rules.extensions
        return few and bool(after["extended_days"] <= rules.extension_days)

    # ----------------------------------------------------------------------- in the end

    def believes(self, artifact: Artifact) -> None:
        """The row is what the history says, and nothing has changed without an entry."""
        public = {name: value for name, value in _public(artifact).items() if value is not None}
        assert public == {name: value for name, value in self.facts.items() if _said(value)
                          is not None}  # fmt: skip
        assert artifact.version == 1 + self.changes
        assert artifact.owner_changed_on == self.parted
        assert not self.plan or artifact.live, "what has ended is done with its plan"


@dataclass
class Bookkeeper:
    """As the auditor, of what is said of no artifact: budgets and trains, each by its name."""

    limits: dict[str, Any] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)
    trains: dict[str, Any] = field(default_factory=dict)
    aboard: set[str] = field(default_factory=set)

    def reads(self, entry: HistoryEntry) -> None:
        what, _, how = entry.action.partition(" ")
        reads = {"budget": self._reads_of_budget, "train": self._reads_of_train}
        reads[what](how, entry)

    def _reads_of_budget(self, how: str, entry: HistoryEntry) -> None:
        place = entry.reason
        if how in {"set", "ended"}:
            assert entry.before == self.limits.get(place)
            self.limits[place] = entry.after
            self.over -= set() if entry.after else {place}
            return
        assert self.limits[place]
        assert (place in self.over) == (how == "within again"), "each turn is told once"
        self.over ^= {place}

    def _reads_of_train(self, how: str, entry: HistoryEntry) -> None:
        if how in {"planned", "moved"}:
            assert entry.before == self.trains.get(entry.reason)
            self.trains[entry.reason] = entry.after
            return
        came, went = ((said or {}).get("artifacts", []) for said in (entry.after, entry.before))
        assert self.aboard.isdisjoint(came)
        assert self.aboard.issuperset(went)
        self.aboard = (self.aboard | set(came)) - set(went)


def _told(said: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: _said(value) for name, value in (said or {}).items() if name not in _UNTOLD}


def _said(value: Any) -> Any:
    """Nothing is nothing, however it is written; a date as JSON has it."""
    if value in (None, [], ""):
        return None
    return value.isoformat() if isinstance(value, date) else value


def _public(artifact: Artifact) -> dict[str, Any]:
    said = {each.name: getattr(artifact, each.name) for each in fields(Artifact)}
    said |= {"paths": [*artifact.paths]}
    said |= {"signals": [signal.words for signal in artifact.signals]}
    said |= {"otherwise": [asdict(each) for each in artifact.otherwise]}
    for name in RATING_NAMES:
        rating = artifact.ratings[name]
        said |= {name: rating.value, f"{name}_proxy": rating.proxy, f"{name}_reason": rating.reason}
        said[f"{name}_by"] = "person" if rating.by_person else "proxy"
    return _told(said)
