"""What a pom.xml asks for, as far as it says so itself, whoever wrote it."""

import pytest

from intake.packages.maven import Pom
from tests.intake.asking import asked, versions

PACKAGE = "org.example:thing"


def pom(body: str, version: str = "1.0.0") -> str:
    return f"""<?xml version="1.0" encoding="ISO-8859-1"?>
    <!-- ours -->
    <project xmlns="http://maven.apache.org/POM/4.0.0">
      <parent>
        <groupId>org.springframework.boot</groupId>
        <artifactId>spring-boot-starter-parent</artifactId>
        <version>3.2.0</version>
      </parent>
      <groupId>com.acme</groupId>
      <artifactId>shop</artifactId>
      <version>{version}</version>
      {body}
    </project>"""


def dependency(version: str | None, more: str = "", package: str = PACKAGE) -> str:
    group, artifact = package.split(":")
    said = "" if version is None else f"<version>{version}</version>"
    return (
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"{said}{more}</dependency>"
    )


def wanting(version: str | None, more: str = "", before: str = "") -> str:
    return pom(f"{before}<dependencies>{dependency(version, more)}</dependencies>")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1.2.3", "firm"),
        (" 1.2.3\n", "firm"),
        ("0.9.1", "early"),
        ("[1.0]", "firm"),
        ("[0.9]", "early"),
        ("[1.0,2.0)", "firm"),
        ("[1.0, )", "open"),
        ("(,1.0]", "firm"),
        ("(,1.0)", "early"),
        ("[0.3,0.9]", "early"),
        ("(,1.0],[1.2,)", "open"),
        ("(,0.5],[0.7,0.8]", "early"),
        ("1.0-SNAPSHOT", "open"),
        ("LATEST", "open"),
        ("RELEASE", "open"),
        ("31.1-jre", "firm"),
    ],
)
def test_a_version_range_snapshot_or_word_says_how_firm_it_is(version: str, said: str) -> None:
    assert asked("pom.xml", wanting(version)) == {PACKAGE: said}


@pytest.mark.parametrize(
    "version", [None, "", "${defined.elsewhere}", "1.${minor}", "newest", "[1.0", "[a]]", "1 2"]
)
def test_of_a_version_that_is_decided_elsewhere_nothing_is_known(version: str | None) -> None:
    assert versions("pom.xml", wanting(version)) == {PACKAGE: ""}
    assert asked("pom.xml", wanting(version)) == {PACKAGE: "firm"}


def test_properties_of_the_same_file_are_looked_up_one_after_the_other() -> None:
    before = "<properties><thing.version>${base}</thing.version><base>0.4</base></properties>"
    assert versions("pom.xml", wanting("${thing.version}", before=before)) == {PACKAGE: "0.4"}


@pytest.mark.parametrize(
    "before",
    [
        "<properties><v>${w}</v><w>${v}</w></properties>",
        "<properties><v>${v}</v></properties>",
        "<properties><v>${w}${w}</v><w>1</w></properties>",
        (
            "<properties><v>1.0</v></properties><profiles><profile><properties><v>0.9</v></properties>"
            "</profile></profiles>"
        ),
        "<properties><other>1.0</other></properties>",
    ],
)
def test_a_property_that_goes_in_circles_or_is_said_in_two_ways_is_unknown(before: str) -> None:
    assert versions("pom.xml", wanting("${v}", before=before)) == {PACKAGE: ""}


def test_versions_that_the_same_file_manages_count_where_none_is_said() -> None:
    managed = (
        "<dependencyManagement><dependencies>"
        f"{dependency('0.7')}{dependency('0.8', package='org.example:unused')}"
        f"{dependency('3.2.0', '<scope>import</scope>', 'org.example:bom')}"
        "</dependencies></dependencyManagement>"
    )
    assert versions("pom.xml", wanting(None, before=managed)) == {PACKAGE: "0.7"}
    assert versions("pom.xml", wanting("1.1", before=managed)) == {PACKAGE: "1.1"}


@pytest.mark.parametrize(
    ("package", "version", "more"),
    [
        ("com.acme:core", "1.0-SNAPSHOT", ""),
        ("${project.groupId}:core", "0.1", ""),
        ("com.acme.more:core", "${project.version}", ""),
        ("com.acme.more:core", "${project.parent.version}", ""),
        ("org.example:local", "0.1", "<scope>system</scope>"),
    ],
)
def test_modules_of_the_same_project_are_its_own_code(
    package: str, version: str, more: str
) -> None:
    listed = f"<dependencies>{dependency(version, more, package)}</dependencies>"
    assert versions("pom.xml", pom(listed)) == {}


def test_one_version_for_all_modules_may_be_a_property() -> None:
    revision = "<properties><revision>0.1-SNAPSHOT</revision></properties>"
    listed = f"<dependencies>{dependency('${revision}')}</dependencies>"
    assert versions("pom.xml", pom(revision + listed, "${revision}")) == {}


def test_what_profiles_disagree_on_is_unknown_and_what_is_excluded_is_not_asked_for() -> None:
    excluded = (
        "<exclusions><exclusion><groupId>org.other</groupId><artifactId>x</artifactId>"
        "</exclusion></exclusions>"
    )
    profile = f"<profile><dependencies>{dependency('2.0')}</dependencies></profile>"
    assert versions("pom.xml", wanting("1.0", excluded)) == {PACKAGE: "1.0"}
    profiles = f"<profiles>{profile}</profiles>"
    assert versions("pom.xml", wanting("1.0", before=profiles)) == {PACKAGE: ""}


def test_plugins_and_prefixes_and_quoted_text_change_nothing() -> None:
    plugin = f"<build><plugins><plugin><dependencies>{dependency('0.1')}</dependencies></plugin>"
    assert versions("pom.xml", pom(f"{plugin}</plugins></build>")) == {}
    prefixed = wanting("<![CDATA[1.1]]>").replace("<dep", "<m:dep").replace("</dep", "</m:dep")
    declared = prefixed.replace("xmlns=", 'xmlns:m="x" xmlns=')
    assert versions("pom.xml", declared) == {PACKAGE: "1.1"}


def laughing(levels: int) -> str:
    entities = "".join(
        f'<!ENTITY l{at} "{f"&l{at - 1};" * 10 if at else "ha"}">' for at in range(levels)
    )
    listed = f"<dependencies>{dependency(f'&l{levels - 1};')}</dependencies>"
    return f"<!DOCTYPE project [{entities}]><project>{listed}</project>"


@pytest.mark.parametrize(
    "text",
    [
        laughing(20),
        f"<!DOCTYPE project [<!ENTITY a '{'x' * 200_000}'>]><project>{'&a;' * 60_000}</project>",
        '<!DOCTYPE project SYSTEM "file:///etc/passwd">' + wanting("0.1"),
        '<!DOCTYPE project [<!ENTITY a SYSTEM "file:///etc/passwd">]><project>&a;</project>',
        '<!DOCTYPE project [<!ENTITY % a SYSTEM "http://127.0.0.1:1/x">%a;]><project/>',
        "<project>" * 58_000,
        "<a>" * 74_000 + "</a>" * 74_000,
        "<project><dependencies>" + "<dependency>" * 40_000,
        "<project><" + "p" * 500_000 + "/></project>",
        "<project " + "a='1' " * 80_000 + "/>",
        "<project " + "".join(f"a{at}='' " for at in range(45_000)) + "/>",
        "<project>" + "<x/>" * 120_000 + "</project>",
        "<project><properties>" + "<v>${v}</v>" * 40_000 + "</properties></project>",
        "<project>" + "&amp;" * 100_000 + "</project>",
        "<project>&undefined;</project>",
        "\0\xff<project>",
        "",
    ],
)
@pytest.mark.timeout(5)
def test_a_file_that_wants_to_do_harm_asks_for_nothing_and_takes_no_time(text: str) -> None:
    assert versions("pom.xml", text) == {}


def test_what_has_a_document_type_is_refused_before_anything_of_it_counts() -> None:
    with pytest.raises(ValueError, match="document type"):
        Pom(laughing(2))
