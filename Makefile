# Everything a person does here, by name. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
DEMO ?= demo/archive
PORT ?= 8642
WORKERS ?= 2

# Stamps lie inside what they stand for, so that removing that is enough to have it made again.
PYTHON := .venv/.locked
NODE := frontend/node_modules/.locked
BUILT := src/tumen/workbench/static/built/tumen.js
WORDS := $(wildcard src/tumen/workbench/locale/*/LC_MESSAGES/*.po)
MESSAGES := $(WORDS:.po=.mo)
COMPILED := src/tumen/estimation/__pycache__/.compiled
BROWSER := .venv/.browser

.PHONY: help setup run test soak bench lint types docs chapter pictures front messages words wheel clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | awk -F'|' '{printf "%-18s%s\n", $$1, $$2}'

setup: $(PYTHON) $(BUILT) $(MESSAGES) $(COMPILED) ## install everything into .venv and node_modules, Debian packages where missing and allowed

run: setup ## make the demonstration archive the first time, then serve it (PORT=8642 DEMO=demo/archive)
	@scripts/run $(DEMO) $(PORT)

test: setup $(BROWSER) lint types ## every check and test but the long ones
	$(PY) -m pytest -n $(WORKERS) --dist loadfile -rs
	cd frontend && npm test --silent

soak: setup $(BROWSER) ## the long versions of the fault, load and fuzz tests, three hours (PART=faults for one)
	@LOCK=requirements/soak.txt scripts/setup-python
	@scripts/soak $(PART)

bench: setup ## every benchmark, then the goals as one table (LARGE=DIR LARGE_PASSPHRASE=FILE: an archive of 1.5 M acts too)
	$(PY) -m benchmarks $(if $(LARGE),--large $(LARGE) --large-passphrase-file $(LARGE_PASSPHRASE))

lint: $(PYTHON) ## style, and the layers' contracts
	.venv/bin/ruff check src tests benchmarks scripts
	.venv/bin/ruff format --check -q src tests benchmarks scripts
	PYTHONPATH=src .venv/bin/lint-imports --no-logo

types: $(PYTHON) $(NODE) ## mypy and tsc
	.venv/bin/mypy
	cd frontend && npm run --silent check

docs: $(PYTHON) ## write the reference pages that are made from the code, and check all pages and links
	$(PY) scripts/make_reference.py
	$(PY) -m pytest tests/test_docs.py

chapter: setup ## the figures and pictures of the chapter on estimation, from the code (a minute or two of CPU)
	PYTHONPATH=src $(PY) scripts/make_chapter.py

pictures: setup $(BROWSER) ## the pictures of README and guide, from the archive that `make run` made (DEMO=demo/archive)
	$(PY) scripts/make_screenshots.py --archive $(DEMO) --passphrase-file $(DEMO).passphrase

front: $(BUILT) ## build the front end

messages: $(MESSAGES) ## compile the translations

words: $(PYTHON) ## gather what the workbench says into the translations (needs gettext)
	@$(PY) scripts/make_messages.py

wheel: setup ## a wheel that carries the built front end, in dist/
	rm -rf dist && $(PY) -m hatchling build -t wheel -d dist

clean: ## remove what was built and installed; archives stay
	rm -rf .venv dist frontend/node_modules src/tumen/workbench/static/built $(MESSAGES)

$(PYTHON): requirements/dev.txt scripts/setup-python scripts/common.sh
	@scripts/setup-python
	@touch $@

$(NODE): frontend/package-lock.json scripts/setup-node scripts/common.sh
	@scripts/setup-node
	@touch $@

$(BUILT): $(NODE) $(wildcard frontend/*.mjs frontend/*.json) $(shell find frontend/src -type f 2>/dev/null)
	@cd frontend && npm run --silent build
	@touch $@

$(COMPILED): $(PYTHON) $(wildcard src/tumen/estimation/*.py)
	@echo "compiling the estimation library, once (half a minute of CPU)"
	@rm -f $(@D)/*.nbi $(@D)/*.nbc # Numba looks at the file of a function only, not at those of what it calls
	@PYTHONPATH=src $(PY) -m tumen.estimation.compiling
	@mkdir -p $(@D) && touch $@

$(MESSAGES) &: $(PYTHON) $(WORDS) scripts/compile_messages.py
	@$(PY) scripts/compile_messages.py
	@touch $(MESSAGES)

$(BROWSER): $(PYTHON) scripts/setup-browser scripts/common.sh
	@scripts/setup-browser
	@touch $@
