"""What a scan sees coming of each artifact, and what it does not take for a sign."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from debt.artifact.signals import Sign
from debt.policy.policy import Policy, built_in, load
from intake.scan.scan import Scan, read_repository
from tests.intake.languages.test_similarity import OTHER, RETRY
from tests.intake.repositories import BY_CLAUDE, DANA, ERIN, Story, Text, code

Files = dict[Text, Text]

WITH_CLAUDE = f"Work\n\n{BY_CLAUDE}"
PEOPLE: Files = {f"shop/cart/{at}.py": code(40, f"cart{at}") for at in range(20)}
COUNTING = load(None).model_copy(
    update={"scan": built_in().scan.model_copy(update={"min_lines": 5})}
)


def scan(story: Story, now: datetime, policy: Policy = COUNTING) -> Scan:
    return read_repository(story.path, now=now, policy=policy)


def watched(story: Story, now: datetime, sign: Sign, policy: Policy = COUNTING) -> dict[str, str]:
    """The words of one kind of signal, by the artifact's name."""
    return {
        found.name: signal.words
        for found in scan(story, now, policy).findings
        for signal in found.signals
        if signal.sign is sign
    }


def on(now: datetime, days: int) -> str:
    return (now - timedelta(days=days)).date().isoformat()


@pytest.fixture
def ours(tmp_path: Path) -> Policy:
    file = tmp_path / "policy.toml"
    file.write_text(
        """
        scan.min_lines = 5
        [signals]
        churn = 20
        unstable = ["requests", "@old/*"]
        stable = ["fastapi"]
        """
    )
    return load(file)


# ------------------------------------------------------------------------------- untested


def test_code_that_no_test_names_is_watched(story: Story, now: datetime) -> None:
    files: Files = {
        "prices/rules.py": code(40, "rule"),
        "taxes/vat.py": code(40, "vat"),
        "tests/test_vat.py": code(40, "test"),
        "scripts/backfill.py": code(40, "fill"),
        "deploy/main.tf": code(40, "tf"),
    }
    story.commit(WITH_CLAUDE, files)
    assert watched(story, now, Sign.UNTESTED) == {"prices/rules.py": "no test names it"}


TESTED_WITHIN = code(40) + "#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {}\n}\n"


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("taxes/vat.py", "taxes/tests.py"),
        ("taxes/vat.go", "taxes/rates_test.go"),
        ("taxes/vat.ts", "taxes/__tests__/vat.ts"),
        ("taxes/vat.ts", "taxes/vat.e2e-spec.ts"),
        ("taxes/Vat.java", "src/test/java/taxes/VatIT.java"),
        ("taxes/Vat.cs", "taxes.tests/VatTests.cs"),
        ("taxes/vat.rb", "spec/taxes/vat_spec.rb"),
        ("taxes/vat.rs", "tests/vat.rs"),
        ("taxes/vat.cc", "taxes/vat_unittest.cc"),
        ("taxes/vat.c", "taxes/test_vat.c"),
    ],
)
def test_each_language_names_its_tests_in_its_own_way(
    story: Story, now: datetime, path: str, test: str
) -> None:
    tests = "from taxes import vat\n" + code(40, "test")
    story.commit(WITH_CLAUDE, {path: code(40), test: tests})
    assert watched(story, now, Sign.UNTESTED) == {}


def test_tests_that_stand_in_the_file_itself_are_tests_of_it(
    story: Story, now: datetime, tmp_path: Path
) -> None:
    story.commit(WITH_CLAUDE, {"taxes/vat.rs": TESTED_WITHIN, "prices/rules.rs": code(40, "rule")})
    first, again = (
        read_repository(story.path, now=now, policy=COUNTING, cache=tmp_path) for _ in range(2)
    )
    assert first == again
    untested = [each.name for each in again.findings if "no test" in each.complexity.reason]
    assert untested == ["prices/rules.rs"]


def test_a_helper_among_tests_is_no_test_of_what_is_called_alike(
    story: Story, now: datetime
) -> None:
    files: Files = {
        "prices/__init__.py": code(40, "rule"),
        "prices/money.py": code(40, "money"),
        "tests/__init__.py": code(40, "test"),
        "tests/money.py": code(40, "helper"),
    }
    story.commit(WITH_CLAUDE, files)
    assert set(watched(story, now, Sign.UNTESTED)) == {"prices"}


def test_of_a_stylesheet_a_page_or_a_query_nobody_asks_for_a_test(
    story: Story, now: datetime
) -> None:
    files: Files = {
        "styles/theme.css": code(40),
        "pages/help.html": code(40, "page"),
        "queries/monthly.sql": code(40, "query"),
        "pay/migrations/0001_begin.py": code(40, "migrate"),
    }
    story.commit(WITH_CLAUDE, files)
    assert watched(story, now, Sign.UNTESTED) == {}
    assert not any("no test" in each.complexity.reason for each in scan(story, now).findings)


# ---------------------------------------------------------------------------------- churn


def busy(story: Story, now: datetime, times: int) -> None:
    """Twenty files of people's, two of them changed six times; Claude's changed so often."""
    story.commit("Begin", PEOPLE, on=on(now, 360))
    story.commit(WITH_CLAUDE, {"shop/retry.py": code(40)}, on=on(now, 360))
    for lines in range(41, 47):
        two: Files = {f"shop/cart/{at}.py": code(lines, f"cart{at}") for at in range(2)}
        story.commit("Grow", two, author=DANA, on=on(now, 200))
    for lines in range(41, 41 + times):
        story.commit("Grow", {"shop/retry.py": code(lines)}, on=on(now, 100))


def test_files_that_change_far_more_often_than_peoples_are_watched(
    story: Story, now: datetime, ours: Policy
) -> None:
    busy(story, now, 8)
    said = {"shop/retry.py": "changed 10× as often as people's code here"}
    assert watched(story, now, Sign.CHURN) == said
    assert watched(story, now, Sign.CHURN, ours) == {}


def test_what_changes_seldom_is_quiet_whatever_peoples_code_does(
    story: Story, now: datetime
) -> None:
    busy(story, now, 3)
    assert watched(story, now, Sign.CHURN) == {}


def test_a_few_files_of_peoples_are_no_measure(story: Story, now: datetime) -> None:
    story.commit("Begin", {"shop/cart.py": code(40, "cart")}, on=on(now, 360))
    story.commit("Grow", {"shop/cart.py": code(41, "cart")}, on=on(now, 300))
    for lines in range(40, 60):
        story.commit(WITH_CLAUDE, {"shop/retry.py": code(lines)}, on=on(now, 200))
    assert watched(story, now, Sign.CHURN) == {}


# ---------------------------------------------------------------------------- regenerated


def test_what_tools_write_anew_again_and_again_is_watched(story: Story, now: datetime) -> None:
    for at, days in enumerate((80, 60, 40, 20)):
        story.commit(WITH_CLAUDE, {"shop/retry.py": code(40, f"try{at}")}, on=on(now, days))
    said = {"shop/retry.py": "rewritten by tools 3 times or more in 90 days"}
    assert watched(story, now, Sign.REGENERATED) == said


@pytest.mark.parametrize("days", [(300, 200, 100, 1), (80, 60, 40)])
def test_what_is_rewritten_seldom_is_not(
    story: Story, now: datetime, days: tuple[int, ...]
) -> None:
    for at, day in enumerate(days):
        story.commit(WITH_CLAUDE, {"shop/retry.py": code(40, f"try{at}")}, on=on(now, day))
    assert watched(story, now, Sign.REGENERATED) == {}


def test_what_people_rewrite_or_tools_only_mend_is_not(story: Story, now: datetime) -> None:
    story.commit(WITH_CLAUDE, {"shop/retry.py": code(90), "shop/tax.py": code(90, "tax")})
    for lines in (91, 92, 93, 94):
        story.commit(WITH_CLAUDE, {"shop/retry.py": code(lines)})
    story.commit("By hand", {"shop/tax.py": code(60, "tax1") + code(60, "tax")})
    assert watched(story, now, Sign.REGENERATED) == {}


# --------------------------------------------------------------------------- dependencies


def leaning(requirements: str, **more: str) -> Files:
    imports = "import fastapi, requests\nfrom sklearn.svm import SVC\n"
    files: Files = {"api/shop/retry.py": imports + code(40), "api/requirements.txt": requirements}
    return files | dict(more)


@pytest.mark.parametrize(
    ("requirements", "said"),
    [
        ("fastapi==0.110\nrequests\nscikit-learn==1.4\nhttpx==0.27",
         "leans on fastapi (pre-1.0), requests (unpinned)"),
        ("fastapi\nrequests>=2\nscikit-learn==0.9",
         "leans on fastapi (unpinned), requests (unpinned), scikit-learn (pre-1.0)"),
        ("fastapi==1.0\nrequests==2.31\nscikit-learn~=1.4", None),
        ("httpx==0.27\nflask", None),
    ],
)  # fmt: skip
def test_unstable_packages_that_it_imports_are_named(
    story: Story, now: datetime, requirements: str, said: str | None
) -> None:
    story.commit(WITH_CLAUDE, leaning(requirements))
    assert watched(story, now, Sign.DEPENDENCIES).get("shop/retry.py") == said


def test_a_lock_file_pins_and_the_nearest_manifest_counts(story: Story, now: datetime) -> None:
    files = leaning("requests", **{"api/uv.lock": "x", "requirements.txt": "fastapi==0.1"})
    story.commit(WITH_CLAUDE, files)
    assert watched(story, now, Sign.DEPENDENCIES) == {}


def test_a_team_says_what_to_get_away_from_and_what_is_stable(
    story: Story, now: datetime, ours: Policy
) -> None:
    files = leaning("fastapi==0.110\nrequests==2.31")
    files["web/card.ts"] = "import { Card } from '@old/ui'\n" + code(40, "card")
    files["web/package.json"] = '{"dependencies": {"@old/ui": "^4.0.0"}}'
    story.commit(WITH_CLAUDE, files)
    assert watched(story, now, Sign.DEPENDENCIES, ours) == {
        "shop/retry.py": "leans on requests (to get away from)",
        "web/card.ts": "leans on @old/ui (to get away from)",
    }


def test_a_team_says_which_versions_were_taken_back(
    story: Story, now: datetime, tmp_path: Path
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text('scan.min_lines = 5\n[signals]\nunstable = ["requests 2.32.0", "fastapi 1.*"]')
    story.commit(WITH_CLAUDE, leaning("fastapi==2.0\nrequests==2.32.0"))
    said = {"shop/retry.py": "leans on requests (to get away from)"}
    assert watched(story, now, Sign.DEPENDENCIES, load(file)) == said
    story.commit("Upgrade", {"api/requirements.txt": "fastapi==2.0\nrequests==2.32.1"})
    assert watched(story, now, Sign.DEPENDENCIES, load(file)) == {}


# -------------------------------------------------------------------------------- shifted


def test_packages_that_moved_on_since_it_was_touched_are_named(story: Story, now: datetime) -> None:
    story.commit(WITH_CLAUDE, leaning("fastapi==1.0\nrequests==2.31\nscikit-learn==1.4"))
    assert watched(story, now, Sign.SHIFTED) == {}
    moved: Files = {"api/requirements.txt": "fastapi==1.9\nrequests==3.0\nscikit-learn==2"}
    story.commit("Upgrade", moved)
    moves = "requests 2.31 → 3.0, scikit-learn 1.4 → 2"
    said = {"shop/retry.py": f"since it was last touched: {moves}"}
    assert watched(story, now, Sign.SHIFTED) == said
    imports = "import fastapi, requests\n"
    story.commit("Adapt", {"api/shop/retry.py": imports + code(41)})
    assert watched(story, now, Sign.SHIFTED) == {}


def test_a_manifest_that_came_later_or_from_elsewhere_says_nothing_of_before(
    story: Story, now: datetime
) -> None:
    files = leaning("requests==2.31")
    requirements = files.pop("api/requirements.txt")
    story.commit(WITH_CLAUDE, files | {"old/requirements.txt": requirements})
    story.commit("Move", renames={"old/requirements.txt": "api/requirements.txt"})
    story.commit("Upgrade", {"api/requirements.txt": "requests==3.0"})
    assert watched(story, now, Sign.SHIFTED) == {}


# ------------------------------------------------------- dependencies: Ruby, Maven and Gradle

RUBY = "require 'sidekiq'\nrequire 'dry-struct'\nrequire_relative 'puma'\n" + code(40)
JAVA = """\
package com.acme.shop;

import com.acme.cart.Cart;
import com.google.gson.Gson;
import org.apache.commons.text.WordUtils;
import org.slf4j.Logger;
"""


def maven(**version: str) -> str:
    """Gson, commons-text, SLF4J and a module of our own; what is not said is managed elsewhere."""
    packages = {
        "gson": "com.google.code.gson:gson",
        "text": "org.apache.commons:commons-text",
        "lang": "org.apache.commons:commons-lang3",
        "slf4j": "org.slf4j:slf4j-api",
        "cart": "com.acme:cart",
    }
    listed = ""
    for name, package in packages.items():
        group, artifact = package.split(":")
        said = f"<version>{version[name]}</version>" if name in version else ""
        listed += f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        listed += f"{said}</dependency>"
    own = "<groupId>com.example</groupId><properties><text.version>1.9</text.version></properties>"
    return f"<project>{own}<dependencies>{listed}</dependencies></project>"


def test_gems_that_a_ruby_file_requires_are_named_unless_a_lock_file_pins_them(
    story: Story, now: datetime
) -> None:
    gems = 'gem "sidekiq"\ngem "dry-struct", "~> 0.6"\ngem "puma"\n'
    story.commit(WITH_CLAUDE, {"app/retry.rb": RUBY, "Gemfile": gems})
    said = "leans on dry-struct (pre-1.0), sidekiq (unpinned)"
    assert watched(story, now, Sign.DEPENDENCIES) == {"app/retry.rb": said}
    story.commit("Lock", {"Gemfile.lock": "GEM\n"})
    said = "leans on dry-struct (pre-1.0)"
    assert watched(story, now, Sign.DEPENDENCIES) == {"app/retry.rb": said}
    moved = gems.replace("~> 0.6", "~> 1.6")
    story.commit("Upgrade", {"Gemfile": moved})
    said = "since it was last touched: dry-struct ~> 0.6 → ~> 1.6"
    assert watched(story, now, Sign.SHIFTED) == {"app/retry.rb": said}


def test_what_a_java_file_imports_is_found_in_the_nearest_pom(story: Story, now: datetime) -> None:
    path = "api/src/main/java/com/acme/shop/Retry.java"
    versions = {"gson": "0.9", "text": "${text.version}", "lang": "0.1", "cart": "0.1-SNAPSHOT"}
    files: Files = {path: JAVA + code(40), "api/pom.xml": maven(**versions, slf4j="[1.7,)")}
    story.commit(WITH_CLAUDE, files)
    gson, slf4j = "com.google.code.gson:gson (pre-1.0)", "org.slf4j:slf4j-api (unpinned)"
    (said,) = watched(story, now, Sign.DEPENDENCIES).values()
    assert said == f"leans on {gson}, {slf4j}"
    moved = maven(**versions).replace("1.9", "2.0")
    story.commit("Upgrade", {"api/pom.xml": moved.replace("0.9", "2.10")})
    said = "com.google.code.gson:gson 0.9 → 2.10, org.apache.commons:commons-text 1.9 → 2.0"
    assert [*watched(story, now, Sign.SHIFTED).values()] == [f"since it was last touched: {said}"]
    assert watched(story, now, Sign.DEPENDENCIES) == {}


def test_what_a_pom_leaves_to_its_parent_is_nothing_to_say(story: Story, now: datetime) -> None:
    story.commit(WITH_CLAUDE, {"src/Retry.java": JAVA + code(40), "pom.xml": maven()})
    assert watched(story, now, Sign.DEPENDENCIES) == {}


def test_a_gradle_module_asks_through_the_catalog_of_its_build(story: Story, now: datetime) -> None:
    catalog = """
    [versions]
    gson = "2.10"
    [libraries]
    gson = { module = "com.google.code.gson:gson", version.ref = "gson" }
    slf4j-api = "org.slf4j:slf4j-api:0.9"
    text = "org.apache.commons:commons-text:0.1"
    """
    script = 'dependencies {\n implementation(libs.gson)\n api("org.slf4j:slf4j-api:+")\n}\n'
    files: Files = {"app/src/Retry.java": JAVA + code(40), "app/src/Cart.kt": code(40, "cart")}
    story.commit(WITH_CLAUDE, files)
    story.commit("Build", {"app/build.gradle.kts": script, "gradle/libs.versions.toml": catalog})
    story.commit(WITH_CLAUDE, {"app/src/Retry.java": JAVA + code(41)})
    (said,) = watched(story, now, Sign.DEPENDENCIES).values()
    assert said == "leans on org.slf4j:slf4j-api (unpinned)"
    story.commit("Upgrade", {"gradle/libs.versions.toml": catalog.replace("2.10", "3.0")})
    (said,) = watched(story, now, Sign.SHIFTED).values()
    assert said == "since it was last touched: com.google.code.gson:gson 2.10 → 3.0"
    story.commit("Lock", {"app/gradle.lockfile": "empty="})
    assert watched(story, now, Sign.DEPENDENCIES) == {}


def test_of_several_artifacts_that_an_import_may_be_of_only_what_is_true_of_all_is_said(
    story: Story, now: datetime
) -> None:
    imports = "package com.acme;\nimport io.grpc.Server;\n"
    script = "api 'io.grpc:grpc-stub:0.9'\napi 'io.grpc:grpc-netty:%s'\n"
    story.commit(WITH_CLAUDE, {"Run.java": imports + code(40), "build.gradle": script % "1.60"})
    assert watched(story, now, Sign.DEPENDENCIES) == {}
    story.commit("Downgrade", {"build.gradle": script % "0.9"})
    said = {"Run.java": "leans on io.grpc:grpc-netty (pre-1.0)"}
    assert watched(story, now, Sign.DEPENDENCIES) == said


def test_a_scan_that_remembers_knows_what_java_and_ruby_files_import(
    story: Story, now: datetime, tmp_path: Path
) -> None:
    files: Files = {
        "app/retry.rb": RUBY,
        "Gemfile": 'gem "sidekiq"',
        "src/Retry.java": JAVA + code(40),
        "pom.xml": maven(gson="0.9"),
    }
    story.commit(WITH_CLAUDE, files)
    scans = [read_repository(story.path, now=now, policy=COUNTING, cache=tmp_path / "kept")]
    story.commit("Later", {"README.md": "Shop"})
    scans.append(read_repository(story.path, now=now, policy=COUNTING, cache=tmp_path / "kept"))
    found = [
        sorted(
            signal.words
            for finding in scan.findings
            for signal in finding.signals
            if signal.sign is Sign.DEPENDENCIES
        )
        for scan in scans
    ]
    said = ["leans on com.google.code.gson:gson (pre-1.0)", "leans on sidekiq (unpinned)"]
    assert found == [said, said]


# --------------------------------------------------------------------------------- unused


def lonely(story: Story, now: datetime, path: str = "shop/retry_rules.py", **more: str) -> None:
    """Written by Claude a hundred days ago, and still there."""
    story.commit("Begin", PEOPLE, on=on(now, 200))
    story.commit(WITH_CLAUDE, {path: code(40)}, on=on(now, 100))
    files: Files = {"README.md": "Shop"}
    story.commit("More", files | dict(more.items()), on=on(now, 1))


def test_what_nothing_imports_or_names_is_watched(story: Story, now: datetime) -> None:
    lonely(story, now)
    said = {"shop/retry_rules.py": "nothing imports or names it"}
    assert watched(story, now, Sign.UNUSED) == said


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("shop/retry_rules.py", {"shop/cart2.py": "from shop import retry_rules\n"}),
        ("shop/retry_rules.py", {"Procfile": "worker: python -m shop.retry_rules"}),
        ("shop/retry_rules.py", {"pyproject.toml": "x = 'shop.retry_rules:run'"}),
        ("shop/retry_rules.py", {"docs/how.md": "See retry_rules."}),
        ("shop/jobs/retry_rules.py", {}),
        ("shop/views/retry_rules.py", {}),
        ("shop/main.py", {}),
        ("shop/abc.py", {}),
        ("shop/retry_rules.rb", {}),
        ("shop/retry_rules.go", {}),
        ("scripts/retry_rules.py", {}),
        ("tests/test_retry_rules.py", {}),
        ("shop/retry rules.py", {}),
        ("shop/RetryRules.vue", {"shop/Cart.vue": "<base-retry-rules/>"}),
    ],
)
def test_what_is_named_or_starts_by_itself_is_used(
    story: Story, now: datetime, path: str, more: dict[str, str]
) -> None:
    lonely(story, now, path, **more)
    assert watched(story, now, Sign.UNUSED) == {}


@pytest.mark.parametrize(
    "start", ["#!/usr/bin/env python\n", "@app.get('/x')\n", "if __name__ == '__main__':\n"]
)
def test_a_program_or_what_registers_itself_is_used(
    story: Story, now: datetime, start: str
) -> None:
    story.commit(WITH_CLAUDE, {"shop/retry_rules.py": start + code(40)}, on=on(now, 100))
    story.commit("More", {"README.md": "Shop"}, on=on(now, 1))
    assert watched(story, now, Sign.UNUSED) == {}


def test_what_is_new_may_be_taken_up_yet(story: Story, now: datetime) -> None:
    story.commit(WITH_CLAUDE, {"shop/retry_rules.py": code(40)}, on=on(now, 20))
    assert watched(story, now, Sign.UNUSED) == {}


# ---------------------------------------------------------------------------------- owner


def test_an_owner_who_committed_nothing_while_others_did_is_gone(
    story: Story, now: datetime
) -> None:
    owned: Files = {"shop/retry.py": code(40), "CODEOWNERS": "/shop/ erin@example.org\n"}
    story.commit(WITH_CLAUDE, owned, author=ERIN, on=on(now, 200))
    assert watched(story, now, Sign.OWNER) == {}
    story.commit("More", {"shop/retry.py": code(41)}, author=DANA, on=on(now, 5))
    said = {"shop/retry.py": "its owner in CODEOWNERS silent for more than 180 days"}
    assert watched(story, now, Sign.OWNER) == said
    story.commit("Back", {"README.md": "Shop"}, author=ERIN, on=on(now, 1))
    assert watched(story, now, Sign.OWNER) == {}


def test_an_owner_is_known_by_the_account_that_hides_the_address(
    story: Story, now: datetime
) -> None:
    erin = "Erin <7+erin-e@users.noreply.github.com>"
    owned: Files = {"shop/retry.py": code(40), "CODEOWNERS": "/shop/ @Erin-E\n"}
    story.commit(WITH_CLAUDE, owned, author=erin, on=on(now, 200))
    story.commit("More", {"README.md": "Shop"}, author=DANA, on=on(now, 5))
    assert "its owner in CODEOWNERS" in watched(story, now, Sign.OWNER)["shop/retry.py"]


def test_without_a_known_owner_it_is_about_who_worked_on_it(story: Story, now: datetime) -> None:
    owned: Files = {"shop/retry.py": code(40), "CODEOWNERS": "* @acme/everyone\n"}
    story.commit(WITH_CLAUDE, owned, author=ERIN, on=on(now, 300))
    story.commit("More", {"README.md": "Shop"}, author=DANA, on=on(now, 5))
    said = {"shop/retry.py": "everybody who worked on it silent for more than 180 days"}
    assert watched(story, now, Sign.OWNER) == said
    story.commit("Again", {"shop/retry.py": code(42)}, author=ERIN, on=on(now, 200))
    story.commit("Mend", {"shop/retry.py": code(43)}, author=DANA, on=on(now, 4))
    said = {"shop/retry.py": "its most active person silent for more than 180 days"}
    assert watched(story, now, Sign.OWNER) == said


def test_a_repository_that_rests_has_not_lost_anybody(story: Story, now: datetime) -> None:
    story.commit(WITH_CLAUDE, {"shop/retry.py": code(40)}, author=ERIN, on=on(now, 900))
    assert watched(story, now, Sign.OWNER) == {}


# ------------------------------------------------------------------------------ duplicates


def test_of_two_helpers_for_one_problem_the_less_used_can_go(story: Story, now: datetime) -> None:
    files: Files = {
        "pay/retry.py": RETRY,
        "ship/retries.py": RETRY.replace("retried", "with_retries"),
        "ship/instalments.py": OTHER,
        "ship/run.py": "from pay.retry import retried\n" + code(40, "run"),
    }
    story.commit(WITH_CLAUDE, files)
    said = watched(story, now, Sign.DUPLICATE)
    assert said == {"ship": "ship/retries.py is much like pay/retry.py: keep one"}


def test_an_artifact_of_one_file_is_not_named_twice(story: Story, now: datetime) -> None:
    story.commit("Begin", PEOPLE)
    story.commit(WITH_CLAUDE, {"a/retry.py": RETRY, "b/retry.py": RETRY, "c/retry.py": RETRY})
    assert watched(story, now, Sign.DUPLICATE) == {
        "a/retry.py": "much like c/retry.py: keep one",
        "b/retry.py": "much like c/retry.py: keep one",
    }


def test_tests_configuration_and_peoples_code_are_alike_for_good_reasons(
    story: Story, now: datetime
) -> None:
    story.commit("By hand", {"pay/retry.py": RETRY, "pay/again.py": RETRY})
    files: Files = {
        "ship/retry.py": RETRY,
        "tests/a/test_retry.py": RETRY,
        "tests/b/test_retry.py": RETRY,
        "deploy/a/retry.py": RETRY,
        "deploy/b/retry.py": RETRY,
        "pay/migrations/0001_retry.py": RETRY,
        "pay/migrations/0002_retry.py": RETRY,
        "web/a/vite.config.ts": RETRY,
        "web/b/vite.config.ts": RETRY,
    }
    story.commit(WITH_CLAUDE, files)
    assert watched(story, now, Sign.DUPLICATE) == {}


# ----------------------------------------------------------------------------------- in all


@pytest.fixture
def full_of_signs(story: Story, now: datetime) -> Story:
    busy(story, now, 8)
    files = leaning("fastapi==0.110\nrequests")
    files |= {"a/retry.py": RETRY, "b/retry.py": RETRY, "rules/lonely_rules.py": code(40, "rule")}
    story.commit(WITH_CLAUDE, files, author=ERIN, on=on(now, 300))
    story.commit("Upgrade", {"api/requirements.txt": "fastapi==0.111\nrequests"}, on=on(now, 5))
    return story


def test_while_nobody_commits_nothing_is_seen_that_was_not(
    full_of_signs: Story, now: datetime
) -> None:
    """No words count days, and every window ends with the newest commit."""
    first = scan(full_of_signs, now)
    seen = {signal.sign for found in first.findings for signal in found.signals}
    assert seen >= {Sign.CHURN, Sign.DUPLICATE, Sign.UNUSED, Sign.OWNER, Sign.DEPENDENCIES}
    for days in (1, 30, 400):
        later = scan(full_of_signs, now + timedelta(days=days))
        assert {found.identity: found.signals for found in later.findings} == {
            found.identity: found.signals for found in first.findings
        }


def test_what_was_kept_of_the_last_scan_changes_no_signal(
    full_of_signs: Story, now: datetime, tmp_path: Path
) -> None:
    def kept() -> Scan:
        return read_repository(full_of_signs.path, now=now, cache=tmp_path / "cache")

    assert kept() == kept() == read_repository(full_of_signs.path, now=now)
    full_of_signs.commit("Name", {"x.md": "lonely_rules"}, on=on(now, 1))
    assert kept() == kept() == read_repository(full_of_signs.path, now=now)
