# Two commands on a fresh machine with Python >= 3.11 (pip and venv) and make:  make demo  ·  make test
# Everything they need is brought into .venv and .cache inside this checkout; nothing outside it is touched.

PYTHON ?= python3
UV_VERSION := 0.13.8
WORKERS ?= 3
SEEDS ?= 2000
ONLY ?=

export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
export UV_HTTP_TIMEOUT ?= 120
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),true,false)
unexport VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH UV_PYTHON
# Without its bytecode, every start would compile the whole house again: 1.3 s.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-full check sim contract bench FORCE

help: ## Show this list.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

demo: .venv/.ready-to-run ## Start the server on a believable demo district and print where to look and how to sign in.
	@.venv/bin/gridcrew demo

test: .venv/.ready-to-test ## Run the whole suite but the long runs, on SQLite and on a real PostgreSQL brought by pip.
	@.venv/bin/python -m pytest -n $(WORKERS) --dist worksteal -m 'not full'

test-full: .venv/.ready-to-test ## Run everything: also the long simulations, the kill loops and every browser run.
	@.venv/bin/python -m pytest -n $(WORKERS) --dist worksteal

check: .venv/.ready-to-test ## Check style, types, the walls between the packages, and that the published contract is fresh.
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/mypy --explicit-package-bases bench tests/walls tests/conftest.py tests/postgres.py
	.venv/bin/lint-imports
	@if [ -d mobile_contract/published ]; then .venv/bin/gridcrew publish --check; \
	else echo "mobile_contract/published does not exist yet: nothing to compare"; fi

sim: .venv/.ready-to-test ## Play SEEDS=2000 random days, 500 steps each, of bad phones and bad networks against the laws of sync.
	@SEEDS=$(SEEDS) .venv/bin/python -m pytest -n $(WORKERS) --dist worksteal -m 'not full' tests/simulation

contract: .venv/.ready-to-run ## Generate everything that a phone author reads into mobile_contract/published.
	@.venv/bin/gridcrew publish

bench: .venv/.ready-to-test ## Measure against a reference in the same run, all or ONLY=sync.push, into bench/out/results.json.
	@.venv/bin/python -m bench.run $(if $(ONLY),--only $(ONLY))

# A stamp is newer than what it was made from, so a second run starts at once.

.venv/.ready-to-run: .venv/.made pyproject.toml uv.lock
	@echo "bringing what the server needs into .venv ..." >&2
	@.venv/bin/uv sync --quiet --frozen --no-dev --inexact
	@touch $@

.venv/.ready-to-test: .venv/.made pyproject.toml uv.lock
	@echo "bringing what the server and its tests need into .venv ..." >&2
	@.venv/bin/uv sync --quiet --frozen
	@touch .venv/.ready-to-run $@

# A checkout that was moved or copied carries a .venv that still points to the old place: make it anew.
ifneq ($(shell cat .venv/.made 2>/dev/null),$(CURDIR) $(UV_VERSION))
.venv/.made: FORCE
endif

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed, found: $$($(PYTHON) --version 2>&1 || true). Install one (Debian: apt install python3 python3-venv python3-pip)" >&2; \
	  echo "or name another:  make PYTHON=python3.12 demo" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments. Install what is missing (Debian: apt install python3-venv python3-pip)" >&2; exit 1; }
	@echo "making .venv ..." >&2
	@$(PYTHON) -m venv --clear .venv
	@.venv/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check uv==$(UV_VERSION)
	@echo "$(CURDIR) $(UV_VERSION)" > $@
