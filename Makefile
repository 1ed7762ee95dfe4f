# Everything a newcomer needs is `make run` and `make test`; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check bench lock format messages clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.made: ## (internal) the environment itself
	@$(PYTHON) -c 'import sys; sys.exit("Fieldfare needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.txt
	$(PIP) install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.made requirements-dev.txt
	$(PIP) install --quiet --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

setup: $(VENV)/.runtime ## create .venv with what it takes to run

setup-dev: $(VENV)/.dev ## the same, with what it takes to test

run: setup ## migrate, load the curriculum and the demo organisation, serve on 127.0.0.1:$(PORT)
	@PORT=$(PORT) exec $(BIN)/python manage.py serve

test: setup-dev ## the whole suite; names at the end what it could not run
	@$(BIN)/python -m tests.run $(ARGS)

check: setup-dev ## what CI checks beside the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	DJANGO_SETTINGS_MODULE=cms.settings.test $(BIN)/python manage.py check --fail-level WARNING
	DJANGO_SETTINGS_MODULE=cms.settings.test $(BIN)/python manage.py makemigrations --check --dry-run

format: setup-dev ## let ruff space the code and sort the imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-dev ## measure; writes bench.json, exits 1 on a missed bar; FULL=1 for the big ones
	@$(BIN)/python -m tests.bench

messages: setup-dev ## collect the interface's strings, compile the catalogues, name what is missing (needs gettext)
	DJANGO_SETTINGS_MODULE=cms.settings.test $(BIN)/python manage.py messages

lock: ## make the lock files anew (needs uv)
	@uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements.txt
	@uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --extra production pyproject.toml -o requirements-production.txt
	@uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --extra production --extra dev pyproject.toml -o requirements-dev.txt

clean: ## remove what running and testing made, but not .venv
	rm -rf var htmlcov .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
