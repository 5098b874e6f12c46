# Everything a person does here, by name. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
DEMO ?= demo/archive
PORT ?= 8642
BUILT := src/tumen/workbench/static/built/tumen.js
MESSAGES := $(wildcard src/tumen/workbench/locale/*/LC_MESSAGES/*.po)

.PHONY: help setup run test soak bench lint types docs front messages wheel clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-18s%s\n", $$1, $$2}'

setup: .make/python .make/front .make/messages ## install everything into .venv and node_modules, Debian packages where missing and allowed

run: setup ## make the demonstration archive the first time, then serve it
	@scripts/run $(DEMO) $(PORT)

test: setup .make/browser lint types ## every check and test but the long ones
	$(PY) -m pytest
	cd frontend && npm test --silent

soak: setup .make/browser ## the long versions of the fault, load and fuzz tests
	$(PY) -m pytest -m soak

bench: setup ## every benchmark, with its ratios
	$(PY) -m benchmarks

lint: .make/python ## style, and the layers' contracts
	.venv/bin/ruff check src tests benchmarks scripts
	.venv/bin/ruff format --check -q src tests benchmarks scripts
	PYTHONPATH=src .venv/bin/lint-imports --no-logo 2>/dev/null || PYTHONPATH=src .venv/bin/lint-imports

types: .make/python .make/front ## mypy and tsc
	.venv/bin/mypy
	cd frontend && npm run --silent check

docs: .make/python ## check that every link in docs/ leads somewhere, and every command and field is described
	$(PY) -m pytest tests/test_docs.py

front: .make/front ## build the front end

messages: .make/messages ## compile the translations

wheel: setup ## a wheel that carries the built front end
	rm -rf dist && $(PY) -m pip wheel --no-deps --no-build-isolation -q -w dist .

clean: ## remove what was built; archives stay
	rm -rf .make dist build node_modules frontend/node_modules src/tumen/workbench/static/built

.make/python: requirements/dev.txt scripts/setup-python
	@scripts/setup-python
	@mkdir -p .make && touch $@

.make/node: frontend/package-lock.json scripts/setup-node
	@scripts/setup-node
	@mkdir -p .make && touch $@

.make/front: .make/node $(wildcard frontend/*.mjs) $(shell find frontend/src -type f 2>/dev/null)
	@cd frontend && npm run --silent build
	@mkdir -p .make && touch $@

.make/messages: .make/python $(MESSAGES)
	@$(PY) scripts/compile_messages.py
	@mkdir -p .make && touch $@

.make/browser: scripts/setup-browser
	@scripts/setup-browser
	@mkdir -p .make && touch $@
