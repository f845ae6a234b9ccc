# Every check, on every machine and in every CI, is one of these targets.
# The first one that needs Python builds the environment; see bin/bootstrap.

VENV := $(shell bin/bootstrap --where)
PYTHON := "$(VENV)/bin/python"
PACKAGES := $(sort $(patsubst %/,%,$(dir $(wildcard */__init__.py */__main__.py))))
PYTEST := $(PYTHON) -m pytest

.DEFAULT_GOAL := help
.PHONY: help environment env demo test test-all check fmt bench lock
.SUFFIXES:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

environment:
	@bin/bootstrap

env: environment ## print the shell exports that put tenantry on the PATH
	@bin/bootstrap --env

demo: environment ## four simulated tenants, a topology, a thousand people, a week of changes
	@$(PYTHON) -m demo

test: environment ## the default test suite
	@$(PYTEST)

test-all: environment ## the slow tests too: cold bootstraps, long property profiles
	@$(PYTEST) -m "slow or not slow" --hypothesis-profile=thorough

check: environment ## format, lint, types, import contracts, dependencies, documents
	"$(VENV)/bin/ruff" format --check --quiet .
	"$(VENV)/bin/ruff" check --quiet .
	"$(VENV)/bin/mypy" $(PACKAGES) tests
	"$(VENV)/bin/lint-imports"
	"$(VENV)/bin/deptry" $(PACKAGES)
	$(PYTEST) -q tests/architecture

fmt: environment ## format the code and mend what ruff can mend
	"$(VENV)/bin/ruff" check --fix-only --quiet .
	"$(VENV)/bin/ruff" format --quiet .

bench: environment ## measure requests, memory and throughput against the sandbox
	@$(PYTHON) -m bench

lock: environment ## choose the newest versions and write the hashed locks
	@bin/lock
