"""What Gradle's build scripts and version catalogs ask for, read and never run."""

import pytest

from intake.packages.manifests import dependencies_in
from tests.intake.asking import asked, versions


def wanting(notation: str, path: str = "build.gradle.kts") -> dict[str, str]:
    return asked(path, f"dependencies {{\n    {notation}\n}}\n")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1.2.3", "firm"),
        ("0.9.1", "early"),
        ("1.+", "firm"),
        ("0.+", "early"),
        ("+", "open"),
        ("latest.release", "open"),
        ("latest.integration", "open"),
        ("1.0-SNAPSHOT", "open"),
        ("[1.0, 2.0)", "firm"),
        ("[0.5,1.0[", "early"),
        ("]1.0,2.0]", "firm"),
        ("[1.0,)", "open"),
        ("0.9!!", "early"),
        ("[1.7,1.8[!!1.7.25", "firm"),
    ],
)
def test_a_version_says_how_firm_it_is(version: str, said: str) -> None:
    assert wanting(f'implementation("g.x:a:{version}")') == {"g.x:a": said}


@pytest.mark.parametrize(
    "notation",
    [
        "implementation 'g.x:a:0.1'",
        'api("g.x:a:0.1")',
        'testImplementation("g.x:a:0.1:tests@jar")',
        'compileOnly( "g.x:a:0.1" ) // for now',
        'debugImplementation("g.x:a:0.1") { exclude(group = "h", module = "b") }',
        '"implementation"("g.x:a:0.1")',
        "implementation group: 'g.x', name: 'a', version: '0.1'",
        'implementation(group = "g.x", name = "a", version = "0.1")',
        "compile([group: 'g.x', name: 'a', version: '0.1'])",
        "kapt 'g.x:a:0.1'",
        "runtimeOnly group: 'g.x', version: '0.1', name: 'a', transitive: false",
    ],
)
def test_a_package_is_asked_for_in_many_ways(notation: str) -> None:
    assert wanting(notation) == {"g.x:a": "early"}


def test_one_line_may_ask_for_several() -> None:
    said = wanting("implementation 'g.x:a:0.1', 'g.x:b:1.1', \"g.x:c\"")
    assert said == {"g.x:a": "early", "g.x:b": "firm", "g.x:c": "firm"}
    assert asked("build.gradle", "dependencies { api 'g.x:a:0.1' }") == {"g.x:a": "early"}


@pytest.mark.parametrize(
    "notation",
    [
        'implementation("g.x:a")',
        'implementation("g.x:a:$version")',
        'implementation("g.x:a:${libs.versions.a.get()}")',
        'implementation("g.x:a:${rootProject.extra}")',
        'implementation("g.x:a:${half}-jre")',
        'implementation("g.x:a:" + version)',
        "implementation group: 'g.x', name: 'a'",
        "implementation group: 'g.x', name: 'a', version: someVersion",
    ],
)
def test_of_a_version_that_is_decided_elsewhere_nothing_is_known(notation: str) -> None:
    assert versions("build.gradle", f"def half = '1'\n{notation}") == {"g.x:a": ""}


@pytest.mark.parametrize(
    "notation",
    [
        'implementation(project(":core"))',
        'implementation(platform("g.x:bom:0.1"))',
        'classpath("g.x:a:0.1")',
        'exclude("g.x:a:0.1")',
        'id("g.x") version "0.1"',
        'implementation(files("a.jar"))',
        'implementation(":local:0.1")',
        '// implementation("g.x:a:0.1")',
        '/* implementation("g.x:a:0.1")\nimplementation("g.x:b:0.1") */',
        'println("implementation g.x:a:0.1")',
        'compileSdk = "g.x:a:0.1"',
    ],
)
def test_what_is_no_package_of_others_is_not_asked_for(notation: str) -> None:
    assert wanting(notation) == {}


def test_a_star_in_a_path_does_not_hide_what_follows() -> None:
    text = "exclude '**/*.java'\nimplementation 'g.x:a:0.1'\ninclude 'src/**/*.kt'\n"
    assert asked("build.gradle", text) == {"g.x:a": "early"}


def test_a_variable_counts_where_the_same_file_sets_it_once_and_plainly() -> None:
    text = """
    def a = '0.1'
    val b: String = "1.1" // ours
    ext.c = "0.3"
    ext {
        d_version = '0.4'
        twice = '1.0'
        twice = '0.9'
        found = project.property("x")
        half = "0.$a"
        moved = '1.0'
    }
    version = '0.1'
    project.moved = other
    android.sdk = "0.1"
    implementation "g.x:a:$a"
    implementation "g.x:b:${b}"
    implementation "g.x:c:$c"
    implementation "g.x:d:$d_version"
    implementation "g.x:twice:$twice"
    implementation "g.x:found:$found"
    implementation "g.x:half:$half"
    implementation "g.x:moved:$moved"
    implementation "g.x:own:$version"
    implementation "g.x:sdk:$sdk"
    """
    assert versions("build.gradle", text) == {
        "g.x:a": "0.1", "g.x:b": "1.1", "g.x:c": "0.3", "g.x:d": "0.4",
        "g.x:twice": "", "g.x:found": "", "g.x:half": "", "g.x:moved": "",
        "g.x:own": "", "g.x:sdk": "",
    }  # fmt: skip


def test_what_one_script_asks_for_in_two_ways_is_unknown() -> None:
    text = "implementation 'g.x:a:1.0'\ntestImplementation 'g.x:a:0.9'\n"
    assert versions("build.gradle", text) == {"g.x:a": ""}


CATALOG = """
[versions]
shared = "0.4"
rich = { strictly = "[1.7, 1.8[", prefer = "1.7.25" }
soft = { prefer = "0.3" }

[libraries]
short = "g.x:short:0.1"
some-long_alias = { module = "g.x:module", version.ref = "shared" }
parts = { group = "g.x", name = "parts", version = "1.2" }
rich = { module = "g.x:rich", version.ref = "rich" }
soft = { module = "g.x:soft", version.ref = "soft" }
lost = { module = "g.x:lost", version.ref = "nowhere" }
managed = { module = "g.x:managed" }
moving = { module = "g.x:moving", version = { require = "latest.release" } }
broken = { name = "broken" }

[bundles]
both = ["short", "some-long-alias"]

[plugins]
kotlin = { id = "g.x.kotlin", version = "0.1" }
"""


def test_a_catalog_lists_versions_by_themselves_or_by_reference() -> None:
    assert asked("gradle/libs.versions.toml", CATALOG) == {
        "g.x:short": "early",
        "g.x:module": "early",
        "g.x:parts": "firm",
        "g.x:rich": "firm",
        "g.x:soft": "firm",
        "g.x:lost": "firm",
        "g.x:managed": "firm",
        "g.x:moving": "open",
    }
    said = versions("gradle/libs.versions.toml", CATALOG)
    assert {name for name, version in said.items() if not version} == {
        "g.x:soft", "g.x:lost", "g.x:managed",
    }  # fmt: skip


def test_a_script_asks_through_the_catalog_by_alias_or_bundle() -> None:
    listed = dependencies_in("gradle/libs.versions.toml", CATALOG.encode())
    assert listed["g.x:module"].through == {"libs.some.long.alias", "libs.bundles.both"}
    assert listed["g.x:parts"].through == {"libs.parts"}
    text = """
    implementation(libs.some.long.alias)
    api(libs.bundles.both)
    testImplementation libs.parts.asProvider().get()
    implementation(platform(libs.rich))
    """
    called = {"libs.some.long.alias", "libs.bundles.both", "libs.parts"}
    assert set(versions("build.gradle", text)) == called


@pytest.mark.parametrize(
    "text",
    [
        "libraries = 3",
        "[libraries]\na = 3",
        "[libraries]\na = { module = 3 }",
        "[libraries]\na = { module = 'g:a', version = 3 }\nversions = 3",
        "[libraries]\na = { module = 'g:a', version.ref = ['x'] }",
        "[libraries]\na = 'a'",
        "[bundles]\nb = 3",
        "[[[",
    ],
)
def test_what_is_no_catalog_asks_for_nothing(text: str) -> None:
    assert set(versions("gradle/libs.versions.toml", text).values()) <= {""}


@pytest.mark.parametrize(
    "line",
    [
        "implementation" + " " * 400_000 + "x",
        ("implementation" + " " * 480 + "\n") * 1_000,
        ("implementation(" + " " * 480 + "\n") * 1_000,
        " " * 400_000,
        (" " * 499 + "\n") * 1_000,
        "a" * 400_000,
        ("a" * 499 + "\n") * 1_000,
        "Implementation" * 30_000,
        ("ImplementationApi" * 29 + "\n") * 1_000,
        ("private " * 62 + "\n") * 1_000,
        ("a" + " " * 498 + "\n") * 1_000,
        ("implementation 'g:a:1'" + ", 'g:a:1'" * 50 + "\n") * 1_000,
        ("implementation 'g:" + "a:" * 240 + "\n") * 1_000,
        ("implementation group: " + "name : " * 68 + "\n") * 1_000,
        ("implementation(libs" + ".a" * 240 + "\n") * 1_000,
        ("implementation 'g:a:[" + ",[" * 230 + "'\n") * 1_000,
        ("implementation 'g:a:[" + " " * 70 + "'\n") * 5_000,
        "/*\n" * 100_000,
        "x = '" * 80_000,
    ],
)
@pytest.mark.timeout(5)
def test_long_lines_take_no_time(line: str) -> None:
    assert len(versions("build.gradle", line[: 1 << 19])) <= 1_000
