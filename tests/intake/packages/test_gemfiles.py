"""What Gemfiles and gemspecs ask for, as far as they say it in plain text."""

import pytest

from tests.intake.asking import asked, versions


def test_a_gemfile_asks_for_gems_by_the_names_they_are_required_by() -> None:
    text = """\
    source "https://rubygems.org"
    ruby "3.3.0"
    gem "rails", "~> 7.1"
    gem 'sidekiq', '>= 7'
    gem("pg")
    gem "redis", "5.0.8" # pinned
    gem "dry-struct", "~> 0.6"
    gem "puma", ">= 5", "< 7"
    gem "faraday", ["!= 2.1", "< 3"]
    gem "sinatra", "< 1.0"
    gem "activesupport", "= 7.1.2"
    gem "rubyzip", "~> 2.3", require: "zip/filesystem"
    gem "debug", ">= 1", :platforms => [:mri, :windows], require: false
    gem "oj", "~> 3.1" if RUBY_VERSION >= "3"
    # gem "commented", "0.1",
    gem "long",
      "~> 2.0",
      group: %i[development test]
    """
    assert asked("shop/Gemfile", text) == {
        "rails": "firm",
        "sidekiq": "open",
        "pg": "open",
        "redis": "firm",
        "dry/struct": "early",
        "puma": "firm",
        "faraday": "firm",
        "sinatra": "early",
        "active_support": "firm",
        "zip": "firm",
        "zip/filesystem": "firm",
        "debug": "open",
        "oj": "firm",
        "long": "firm",
    }


def test_what_comes_from_a_repository_is_firm_at_one_commit_only() -> None:
    text = """
gem "ours", path: "../ours"
gem "fork", github: "me/fork", branch: "main"
gem "tagged", git: "https://example.org/tagged.git", tag: "v1.0"
gem "fixed", :git => "https://example.org/fixed.git", :ref => "4aded"
path "engines" do
  gem "engine"
  if true
    gem "other"
  end
end
git "https://example.org/rails.git" do
  gem "actionpack"
end
gem "after", "~> 1.0"
"""
    assert asked("Gemfile", text) == {
        "fork": "open",
        "tagged": "firm",
        "fixed": "firm",
        "after": "firm",
    }


def test_what_a_program_would_have_to_be_run_for_is_unknown() -> None:
    text = """
    gem "computed", ENV["VERSION"]
    gem "fetched", ENV.fetch("VERSION")
    gem "constant", VERSION
    gem "pasted", "~> #{major}.0"
    gem "splat", *versions
    gem "named", **options
    gem "words", "newest"
    if next?
      gem "both", "~> 7.1"
    else
      gem "both", "~> 7.0"
    end
    gem "twice", "~> 1.0"
    gem "twice", "~> 1.0"
=begin
    gem "described"
=end
    """
    assert versions("Gemfile", text) == {
        "computed": "",
        "fetched": "",
        "constant": "",
        "pasted": "",
        "splat": "",
        "named": "",
        "words": "",
        "both": "",
        "twice": "~> 1.0",
    }
    assert set(asked("Gemfile", text).values()) == {"firm"}


def test_a_gemspec_leaves_its_upper_end_open_on_purpose() -> None:
    text = """
    Gem::Specification.new do |spec|
      spec.name = "shop"
      spec.add_dependency "rack", ">= 2"
      spec.add_runtime_dependency("thor", "~> 0.20")
      s.add_development_dependency 'rake'
      spec.add_dependency "zeitwerk".freeze, ["~> 2.6".freeze, ">= 2.6.1"]
      spec.add_dependency "own", Shop::VERSION
    end
    """
    assert asked("shop.gemspec", text) == {
        "rack": "firm",
        "thor": "early",
        "rake": "open",
        "zeitwerk": "firm",
        "own": "firm",
    }
    assert versions("shop.gemspec", text)["zeitwerk"] == "~> 2.6, >= 2.6.1"


@pytest.mark.parametrize(
    "line",
    [
        'gem "a", ' + " " * 400_000,
        'gem "a"' + ', "1"' * 100_000,
        'gem "a", ' + "b" * 400_000,
        'gem "a", ' + "[" * 400_000,
        'gem "a", "' + "~> 1" * 100_000,
        'gem "a" ' + "(" * 400_000,
        'gem "a",\n' * 40_000,
        ('gem "a", ' + " " * 480 + "x\n") * 1_000,
        "git do\n" * 70_000,
        "gem\n" * 100_000,
        (" " * 499 + "\n") * 1_000,
    ],
)
@pytest.mark.timeout(5)
def test_long_lines_take_no_time(line: str) -> None:
    for path in ("Gemfile", "a.gemspec"):
        assert set(versions(path, line)) <= {"a"}
