# The only door: `make help` lists what there is. Needs Python 3.11+ with venv, make and a shell.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench findings messages demo-reset clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## requirements, database, roles, demonstration data; again: only what is new
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "✗ Python is missing: install Python 3.11 or newer."; exit 1; }
	@$(PYTHON) scripts/setup.py

run: setup ## serve on http://localhost:8000 (PORT=… for another) with worker and demonstration data
	@exec $(BIN)/python scripts/serve.py

test: ## set-up of the tools, then every test
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "✗ Python is missing: install Python 3.11 or newer."; exit 1; }
	@$(PYTHON) scripts/setup.py --tools-only
	@$(BIN)/python scripts/run_tests.py $(ARGS)

lint: ## style, types, import arrows, templates, migrations
	@$(PYTHON) scripts/setup.py --tools-only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy .
	$(BIN)/djlint templates --lint --quiet
	DJANGO_SETTINGS_MODULE=config.settings.test $(BIN)/python manage.py makemigrations --check --dry-run

bench: ## benchmarks, each a ratio against a baseline in the same run (needs PostgreSQL)
	@$(PYTHON) scripts/setup.py --tools-only
	@$(BIN)/python -m benchmarks $(ARGS)

findings: ## what surprised us in libraries and formats, each shown without our code (needs PyPI; no part of CI)
	@failed=0; for script in findings/*.sh; do echo "== $$script"; sh "$$script" || failed=1; done; exit $$failed

messages: ## list strings without a translation; ARGS=--write adds them to the catalogues
	@$(BIN)/python scripts/messages.py $(ARGS)

demo-reset: setup ## lay the demonstration data anew (only where nobody has put in anything; asks for the database's name)
	@$(BIN)/python manage.py demo_reset

clean: ## remove what make made, but for the data in var/
	rm -rf .venv staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache test-results
