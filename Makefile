# Every check, on every machine and in every CI, is one of these targets.
# The first one that needs Python builds the environment (see bin/bootstrap), the first
# one that runs stacks finds or builds Pulumi's engine (see bin/engine).

VENV := $(shell bin/bootstrap --where)
PYTHON := "$(VENV)/bin/python"
PACKAGES := $(sort $(patsubst %/,%,$(dir $(wildcard */__init__.py */__main__.py))))
PYTEST := $(PYTHON) -m pytest
# A file of tests stays in one process: its tests may share an estate that was costly to build.
SIDE_BY_SIDE := --numprocesses auto --dist loadfile --no-loadscope-reorder
# What runs Pulumi finds its engine, and this environment's Python, first on the PATH.
ENGINE = PATH="$(VENV)/bin:$$(bin/engine --where):$$PATH"

.DEFAULT_GOAL := help
.PHONY: help environment engine env demo test test-all mappings parity check fmt bench lock
.SUFFIXES:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

environment:
	@bin/bootstrap

engine: environment ## find the engine of Pulumi, install it or build it
	@bin/engine

env: engine ## print the shell exports for tenantry, pulumi and the sandbox
	@bin/engine --env
	@bin/bootstrap --env
	@"$(VENV)/bin/tenantry" sandbox env

demo: engine ## four tenants, pulumi up, a thousand people, a week of changes
	@$(ENGINE) $(PYTHON) -m demo

test: engine ## the default test suite
	@$(ENGINE) $(PYTEST) $(SIDE_BY_SIDE)

test-all: engine ## the slow tests too: cold bootstraps, long property profiles
	@$(ENGINE) $(PYTEST) $(SIDE_BY_SIDE) -m "slow or not slow" --hypothesis-profile=thorough

mappings: environment ## what the topologies make of the people in tests/mappings
	@"$(VENV)/bin/tenantry" mappings test

parity: environment ## switch off each feature of docs/parity.md and see its tests fail
	@$(PYTHON) -m tests.parity

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

bench: engine ## measure requests, memory and throughput against the sandbox
	@$(ENGINE) $(PYTHON) -m bench

lock: environment ## choose the newest versions and write the hashed locks
	@bin/lock
