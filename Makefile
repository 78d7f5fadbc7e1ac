# `make run` and `make test` need Python 3.11 and make, and nothing else prepared.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
# Where the environment forbids Python to keep what it has compiled, each process of the tests compiles everything anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run manage reset test deep bench lock check chromium

help: ## list what make can do
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.runtime ## serve everything on 127.0.0.1:8000 (PORT=)
	@PORT=$(PORT) exec $(BIN)/python -u -m portal.launch

manage: $(VENV)/.runtime ## run a command of manage.py on the data of `make run` (ARGS=)
	@$(BIN)/python -m portal.local $(ARGS)

reset: $(VENV)/.runtime ## forget everything that `make run` kept
	@$(BIN)/python -m portal.local reset

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
	  echo "Access Desk needs Python 3.11; found: $$($(PYTHON) --version 2>&1)."; \
	  echo "Install it and try again, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

# One stamp for each lock. The development lock holds the runtime's packages at the same versions.
$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@if [ ! -e $(VENV)/.development ]; then echo "Installing the packages (a minute at the first time) ..."; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt; fi
	@touch $@

$(VENV)/.development: requirements/development.txt | $(VENV)/bin/python
	@echo "Installing the packages for the tests (a minute or two at the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.txt
	@touch $@

chromium:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests ..."; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null; \
	  else echo "The browser tests need Chromium. Install it: sudo apt-get install chromium"; exit 1; fi; }

CHECKS := { $(BIN)/ruff check . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy && $(BIN)/lint-imports && \
  $(BIN)/djlint --quiet --lint templates && \
  DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run; }

check: $(VENV)/.development ## style, types, import direction, templates, migrations
	@$(CHECKS)

# The suite runs on SQLite, the embedded default. What touches the database runs again on a real PostgreSQL, where
# races and crashes show. A worker takes neighbouring tests, so that one of them has the browser and the sandbox AWS.
# The checks run beside the suite, which often waits (for a browser, a launcher). They speak only if they fail, so that
# a run ends with pytest's summary.
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
ON_POSTGRES := -p tests.postgres tests/access tests/audit tests/faults tests/races tests/matrix tests/web \
  tests/aws/test_checks.py tests/aws/test_commands.py

test: $(VENV)/.development chromium ## everything, from a fresh clone to a green suite
	@said=$$(mktemp); trap 'rm -f $$said' EXIT; $(CHECKS) >$$said 2>&1 & checks=$$!; \
	  $(PYTEST); wait $$checks || { cat $$said; exit 1; }
	@$(PYTEST) $(ON_POSTGRES)

deep: check chromium ## the same tests at full figures; takes long
	@ACCESS_DESK_DEEP=1 $(PYTEST) --timeout 3600
	@ACCESS_DESK_DEEP=1 $(PYTEST) --timeout 3600 $(ON_POSTGRES)

bench: $(VENV)/.development ## figures, each beside its reference in the same run
	@$(BIN)/python -m bench

lock: $(VENV)/.development ## write the locked requirements anew
	@$(BIN)/python -m pip install --quiet uv
	@for set in runtime production development; do \
	  out=requirements/$$set.txt; [ $$set = runtime ] && out=requirements.txt; \
	  $(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	    --custom-compile-command "make lock" -o $$out requirements/$$set.in; done
