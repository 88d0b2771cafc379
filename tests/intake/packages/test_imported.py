"""Which packages of others a file imports, by the names its language has for them."""

import pytest

from intake.languages.imports import references_in
from intake.packages.imported import imported_as, packages_in, used
from tests.growth import LINEAR, growth


def packages(path: str, text: str) -> set[str]:
    content = text.encode()
    return set(packages_in(path, content, references_in(path, content)))


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("a.py", "import yaml, os.path\nfrom requests.adapters import X\nfrom . import near",
         {"yaml", "os", "requests"}),
        ("a.ts", "import a from 'react'\nimport '@scope/ui/button'\nrequire('./near')",
         {"react", "@scope/ui"}),
        ("a.go", 'import (\n\t"fmt"\n\tx "github.com/b/early/sub"\n)',
         {"fmt", "github.com/b/early/sub"}),
        ("a.rs", "use serde::Deserialize;\nuse crate::near;\nextern crate libc;",
         {"serde", "crate", "libc"}),
        ("a.rb", ("require 'dry-struct'\nrequire('net/http')\nrequire_relative 'near'\n"
         "require File.join('x')"), {"dry-struct", "net/http"}),
        ("a.java", ("package com.acme.shop;\nimport com.acme.cart.Cart;\nimport java.util.*;\n"
         "import static org.junit.Assert.assertEquals;\nimport com.google.gson.Gson;"),
         {"java.util", "org.junit", "com.google.gson"}),
        ("a.kt", "package shop\nimport kotlinx.coroutines.launch\nimport shop.Cart\nimport A",
         {"kotlinx.coroutines.launch"}),
        ("a.md", "import x", set()),
    ],
)  # fmt: skip
def test_what_lies_beside_is_no_package(path: str, text: str, found: set[str]) -> None:
    assert packages(path, text) == found


def test_packages_are_imported_by_other_names_than_they_are_installed_by() -> None:
    assert imported_as("PyYAML", "python") == "yaml"
    assert imported_as("python-dateutil", "python") == "dateutil"
    assert imported_as("zope.interface", "python") == "zope_interface"
    assert imported_as("tokio-util", "cargo") == "tokio_util"
    assert imported_as("@scope/ui", "npm") == "@scope/ui"

    assert imported_as("net-http-persistent", "rubygems") == "net/http/persistent"
    assert imported_as("activesupport", "rubygems") == "active_support"
    assert imported_as("com.google.code.gson:gson", "maven") == "com.google.gson"
    assert imported_as("com.squareup.okhttp3:okhttp", "maven") == "okhttp3:okhttp"
    assert imported_as("org.slf4j:slf4j-api", "maven") == "org.slf4j:slf4j-api"


def test_in_go_whatever_is_below_a_module_is_of_it() -> None:
    imported = ("github.com/b/early/sub",)
    names = {"github.com/b/early", "github.com/b/ear", "github.com/c"}
    assert [*used(imported, names, "go")] == [{"github.com/b/early"}]
    assert [*used(("early/sub",), {"early"}, "npm")] == []


@pytest.mark.parametrize(
    ("required", "gem"),
    [
        ("net/http/persistent", "net/http/persistent"),
        ("net/http/status", "net/http"),
        ("aws-sdk-s3", "aws/sdk/s3"),
        ("rails/generators", "rails"),
        ("railways", None),
        ("set", None),
    ],
)
def test_in_ruby_it_is_the_gem_with_the_longest_name(required: str, gem: str | None) -> None:
    names = {"net/http", "net/http/persistent", "aws/sdk/s3", "rails"}
    assert [*used((required,), names, "rubygems")] == ([{gem}] if gem else [])


@pytest.mark.parametrize(
    ("imported", "listed", "found"),
    [
        ("org.slf4j", "org.slf4j:slf4j-api", "org.slf4j:slf4j-api"),
        ("org.slf4j.event", "org.slf4j:slf4j-api", "org.slf4j:slf4j-api"),
        ("com.google.gson.reflect", "com.google.code.gson:gson", "com.google.gson"),
        ("com.google.common.truth", "com.google.guava:guava com.google.truth:truth",
         "com.google.common.truth"),
        ("org.apache.commons.lang3", "org.apache.commons:commons-lang3",
         "org.apache.commons:commons-lang3"),
        ("org.apache.commons.text", "org.apache.commons:commons-lang3", ""),
        ("org.apache.commons.text.similarity",
         "org.apache.commons:commons-lang3 org.apache.commons:commons-text",
         "org.apache.commons:commons-text"),
        ("kotlinx.coroutines.launch", "org.jetbrains.kotlinx:kotlinx-datetime", ""),
        ("kotlinx.datetime", "org.jetbrains.kotlinx:kotlinx-datetime", "kotlinx:kotlinx-datetime"),
        ("okhttp3", "com.squareup.okhttp3:okhttp com.squareup.okhttp3:logging-interceptor",
         "okhttp3:okhttp"),
        ("retrofit2.converter.gson",
         "com.squareup.retrofit2:retrofit com.squareup.retrofit2:converter-gson",
         "retrofit2:converter-gson"),
        ("com.zaxxer.hikari", "com.zaxxer:HikariCP", "com.zaxxer:HikariCP"),
        ("com.stripe.model", "com.stripe:stripe-java", "com.stripe:stripe-java"),
        ("com.stripes.model", "com.stripe:stripe-java", ""),
        ("org.springframework.security.core", "org.springframework:spring-core", ""),
        ("org.springframework.security.web.x",
         "org.springframework:spring-web org.springframework.security:spring-security-config", ""),
        ("io.grpc", "io.grpc:grpc-stub io.grpc:grpc-netty", "io.grpc:grpc-netty io.grpc:grpc-stub"),
        ("java.util", "javax.inject:javax.inject", ""),
    ],
)  # fmt: skip
def test_in_java_a_group_is_a_package_and_an_artifact_a_part_of_it(
    imported: str, listed: str, found: str
) -> None:
    names = {imported_as(name, "maven") for name in listed.split()}
    assert [*used((imported,), names, "maven")] == ([set(found.split())] if found else [])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.rb", "require" + " " * 900_000 + "x"),
        ("a.rb", "require '" + "a/" * 450_000),
        ("a.rb", " " * 900_000),
        ("a.java", "package" + " " * 900_000 + "1"),
        ("a.java", "package " + "a." * 450_000),
        ("a.kt", "import " + "a." * 450_000),
        ("a.kt", "import a\n" * 100_000),
    ],
)
@pytest.mark.timeout(5)
def test_long_lines_take_no_time(path: str, text: str) -> None:
    assert all(len(each) <= 300 for each in packages(path, text))


def test_many_imports_and_many_artifacts_of_one_group_take_time_in_proportion() -> None:
    def matched(size: int) -> int:
        many = [f"g:a{at}" for at in range(4 * size)] + [f"g:one-{at}" for at in range(size)]
        names = {imported_as(name, "maven") for name in many}
        imported = [f"g.a{at}" for at in range(5 * size)]
        imported += [f"g.one.x{at}" for at in range(5 * size)]
        return len([*used(imported, names, "maven")])

    assert matched(1_000) == 4_000
    assert growth(matched, 500, runs=3) < LINEAR
