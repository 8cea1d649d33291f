# What a checkout can do. `make` alone lists it. Nothing needs installing by hand but Python 3.11 and make;
# the Spark tests also want Java and are skipped without it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
WORKERS ?= 2
PORT ?= 8000

.PHONY: help setup demo test browser lint format bench proof docs lock clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: $(VENV)/.dev ## make .venv with the locked requirements; again when the lock changes
	@echo "Ready: . $(VENV)/bin/activate, then bailiwick --help"

demo: $(VENV)/.runtime ## a sample case, 79,053 real detainers, then the desk of a made-up jail, until Ctrl-C
	@$(BIN)/bailiwick decide demo/case.json
	@echo; echo; $(BIN)/bailiwick evidence whatif --on "$$(date +%F)" --suppose ordinary
	@echo; echo; exec $(BIN)/bailiwick serve --demo --port "$(PORT)"

test: $(VENV)/.dev lint browser ## lint, then every test
	@$(BIN)/python -m pytest -n $(WORKERS)

browser: ## Chromium and openssl for tests, where this machine lets them be installed
	@need=; command -v chromium >/dev/null || command -v chromium-browser >/dev/null || need=chromium; \
	command -v openssl >/dev/null || need="$$need openssl"; \
	if [ -z "$$need" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing $$need ..."; apt-get update -qq >/dev/null && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$need >/dev/null; \
	else echo "Not here: $$need. Tests that need it are skipped. Install it (Debian: apt-get install $$need)."; fi

lint: $(VENV)/.dev ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --output-format concise .
	@$(BIN)/mypy

format: $(VENV)/.dev ## let ruff put the code in order
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.bench ## measure speed beside peers in the same run
	@for script in benchmarks/bench*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

proof: $(VENV)/.dev ## the large comparisons: single against bulk, clocks against a second implementation
	@for script in benchmarks/proof*.py; do echo "== $$script"; $(BIN)/python "$$script"; done
	@echo "== tests by example, others than those of make test"
	@$(BIN)/python -m pytest -n $(WORKERS) -m hypothesis --hypothesis-profile other_examples

docs: $(VENV)/.dev ## write the generated reference pages and pictures again
	@$(BIN)/python docs/make_reference.py
	@$(BIN)/python docs/make_images.py

lock: $(VENV)/.build ## choose versions again and write them with their hashes to requirements/
	@lock() { out=requirements/$$1.txt; shift; \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --no-emit-index-url --no-emit-find-links --upgrade "$$@" --output-file "$$out"; }; \
	lock build --group build; \
	lock dev pyproject.toml --extra spark --extra desk --extra evidence --group dev --constraints requirements/build.txt; \
	lock runtime pyproject.toml --extra desk --extra evidence --constraints requirements/dev.txt; \
	lock bench --group bench --constraints requirements/dev.txt
	@if grep -nE '://' requirements/*.txt; then echo "an address in a lock file: see above" >&2; exit 1; fi

clean: ## remove .venv and what tools left behind
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

# Each stamp is older than what it was made from when that changed; pip then installs only the difference.

$(VENV)/.build: requirements/build.txt
	@if [ -z "$(PYTHON)" ]; then \
	  echo "Bailiwick needs Python 3.11 or newer, and none was found ($$(python3 --version 2>&1 || true))." >&2; \
	  echo "Install one, or say where it is: make setup PYTHON=/path/to/python3.11" >&2; exit 1; fi
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements/build.txt
	@touch $@

$(VENV)/.runtime: $(VENV)/.build requirements/runtime.txt pyproject.toml
	@$(PIP) install --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "Installing the locked requirements ..."
	@$(PIP) install --require-hashes --no-build-isolation -r requirements/dev.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements/bench.txt
	@$(PIP) install --require-hashes -r requirements/bench.txt
	@touch $@
