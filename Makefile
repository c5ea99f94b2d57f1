# One command for each thing one does with Wiec; `make help` lists them.
# Needs Python 3.11 or newer and, the first time, the package registries; everything else comes with the locks.

PYTHON ?= python3
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin

# A stamp carries the checksum of its lock: the set-up is made again when a lock changes, and asks no registry otherwise.
checksum = $(shell cat $(1) | cksum | cut -d' ' -f1)
RUNTIME := $(VENV)/runtime-$(call checksum,requirements.txt)
DEVELOPMENT := $(VENV)/development-$(call checksum,requirements-dev.txt)
FRONT_END := node_modules/.installed-$(call checksum,package-lock.json .npmrc)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps
NPM := $(BIN)/python -m config.npm

.PHONY: help
help: ## Say what there is
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: run
run: $(RUNTIME) $(FRONT_END) $(CATALOGUES) ## Run the service on http://127.0.0.1:8000 (PORT=… for another port)
	@$(BIN)/python manage.py run

.PHONY: story
story: $(RUNTIME) $(FRONT_END) $(CATALOGUES) ## Play one person through the running service
	@$(BIN)/python manage.py story

.PHONY: bench
bench: $(DEVELOPMENT) $(FRONT_END) $(CATALOGUES) ## Measure against the floors (make bench NAME for one)
	@$(BIN)/python -m tests.bench $(filter-out bench,$(MAKECMDGOALS))

# In `make bench door` the second word is not a target but the name of a benchmark, also where there is a target of that name.
ifeq (bench,$(firstword $(MAKECMDGOALS)))
BENCHMARKS := $(filter-out bench,$(MAKECMDGOALS))
.PHONY: $(BENCHMARKS)
$(eval $(BENCHMARKS):;@:)
endif

.PHONY: test
test: setup programs ## Run every test
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m pytest -n 2 --maxschedchunk=4 --cov --cov-report=
	@$(BIN)/coverage report --skip-covered --format=total | sed 's/^/Branch coverage, per cent: /'
	@echo "Coverage of the actions, which must be whole:"
	@$(BIN)/coverage report --include='*/actions/*' --fail-under=100

.PHONY: check
check: setup ## Format, lint, types, architecture, migrations, templates
	@$(MAKE) --jobs=2 --output-sync=target --keep-going check-style check-types check-house check-database check-templates
	@echo "All checks passed."

.PHONY: check-style check-types check-house check-database check-templates
check-style:
	@echo "Style"; $(BIN)/ruff format --check --quiet; $(BIN)/ruff check --quiet
check-types:
	@echo "Types"; $(BIN)/mypy --no-error-summary .
check-house:
	@echo "House"; $(BIN)/lint-imports --no-logo
check-database:
	@echo "Models and migrations"; $(BIN)/python manage.py check --fail-level WARNING
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python manage.py lintmigrations --quiet ok ignore --warnings-as-errors
check-templates:
	@echo "Templates"; $(BIN)/djlint templates --lint --quiet

.PHONY: messages
ifeq (,$(filter messages,$(BENCHMARKS)))
messages: $(DEVELOPMENT) ## Collect the texts into locale/ and name those without a translation
	@$(BIN)/python manage.py messages
endif

.PHONY: format
format: $(DEVELOPMENT) ## Put the code into its format
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

.PHONY: upgrade
upgrade: $(DEVELOPMENT) ## Take the newest allowed versions into the locks
	@$(LOCK) --upgrade --output-file requirements.txt
	@$(LOCK) --upgrade --group dev --constraints requirements.txt --output-file requirements-dev.txt
	@$(NPM) update --package-lock-only --ignore-scripts
	@echo "The locks are new; make test tells whether they are good."

.PHONY: lock
lock: $(DEVELOPMENT) ## Write the locks again after a change of pyproject.toml, keeping versions
	@$(LOCK) --output-file requirements.txt
	@$(LOCK) --group dev --constraints requirements.txt --output-file requirements-dev.txt
	@$(NPM) install --package-lock-only --ignore-scripts

LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-emit-index-url --custom-compile-command "make upgrade"

# Set-up

.PHONY: setup
setup: $(DEVELOPMENT) $(FRONT_END) $(CATALOGUES) ## Install the locked packages, build styles and translations

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Wiec needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1 || true): name a newer one, as in make run PYTHON=python3.12." >&2; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "The virtual environment cannot be made: on Debian and Ubuntu install python3-venv." >&2; exit 1; }

$(RUNTIME): | $(VENV)/bin/python
	@echo "Installing the locked packages (half a minute or so) …"
	@$(PIP_INSTALL) --requirement requirements.txt
	@rm -f $(VENV)/runtime-*; touch $@

$(DEVELOPMENT): | $(RUNTIME)
	@echo "Installing the locked packages for development (half a minute or so) …"
	@$(PIP_INSTALL) --requirement requirements-dev.txt
	@rm -f $(VENV)/development-*; touch $@

$(FRONT_END): | $(RUNTIME)
	@echo "Installing the locked front-end packages …"
	@$(NPM) ci --silent
	@rm -f node_modules/.installed-*; touch $@

%.mo: %.po | $(RUNTIME)
	@$(BIN)/pybabel --quiet compile --use-fuzzy --input-file $< --output-file $@ --locale $(word 2,$(subst /, ,$<))

# What the tests need beside the locks, where it is missing and may be installed.
.PHONY: programs
programs:
	@missing=""; \
	[ -x /usr/bin/chromium ] || missing="chromium"; \
	$(BIN)/python -c 'import ctypes; ctypes.CDLL("libical.so.3")' 2>/dev/null || missing="$$missing libical3"; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing for the tests (a minute or so): $$missing …"; mkdir -p var; \
		for package in $$missing; do \
			if ! { apt-get update --quiet && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $$package; } \
				>>var/programs.log 2>&1; \
			then echo "$$package could not be installed (var/programs.log says why): its tests are skipped."; fi; \
		done; \
	else \
		echo "Missing, and there is no right to install it: $$missing. Its tests are skipped."; \
	fi
