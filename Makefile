PYTHON ?= python3
BIN := .venv/bin
REPO ?= .

.DEFAULT_GOAL := help
.PHONY: help try test test-fast check fix bench lock pictures clean

help: ## list what make can do
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 11

.venv/try.stamp: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/try.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

try: .venv/try.stamp ## open a small Slack-like workspace with the bot in it: make try [REPO=path]
	$(BIN)/debt try $(REPO)

test: .venv/dev.stamp ## run every test, PostgreSQL included
	$(BIN)/python -m pytest -n auto --dist worksteal

test-fast: .venv/dev.stamp ## run what needs no file, database, Slack or browser: rules, words, parsers
	$(BIN)/python -m pytest -n auto --dist worksteal -q -m fast

check: .venv/dev.stamp ## lint, types, import direction
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: .venv/dev.stamp ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev.stamp ## measure, printed as ratios within one run
	$(BIN)/python -m benchmarks

lock: .venv/dev.stamp ## refresh the hashed locks from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml --group pyproject.toml:build -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml --group pyproject.toml:dev -o requirements-dev.lock

pictures: .venv/dev.stamp ## take the README's pictures again (needs Chromium)
	DEBT_PICTURES=docs $(BIN)/python -m pytest -q tests/bot/stories/test_browser.py

clean: ## remove what the commands above made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
