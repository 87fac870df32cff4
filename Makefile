# Everything here sets itself up: a virtual environment in .venv from the hashed lock, then the task.
# Needs make, git and Python 3.11 or newer (another one: make demo PYTHON=python3.12).

PYTHON ?= python3
VENV   ?= .venv
# One more than the cores of a small machine: much of a test is waiting for other processes.
JOBS   ?= 3
ARGS   ?=

BIN         := $(VENV)/bin
SETUP_DEV   := $(VENV)/.installed-dev
SETUP_DEMO  := $(VENV)/.installed
COMPILE     := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
               --no-emit-index-url --no-emit-find-links --no-header --no-config --quiet $(ARGS)
PYTEST      := $(BIN)/python -m pytest -n $(JOBS) --dist worksteal

.PHONY: help demo test test-all lint bench docs lock screenshots system

help:
	@echo "make demo         the whole product on this machine, in the browser, without a Slack account"
	@echo "make test         the checks and the tests (make test ARGS='tests/unit -x' for some of them)"
	@echo "make test-all     the slow ones too"
	@echo "make lint         style, types, layers and lengths only"
	@echo "make bench        the benchmarks, each beside its peer"
	@echo "make screenshots  pictures of the demo at desktop and phone width"
	@echo "make docs         the manifest, the README's table of commands, the kinds in docs/import.md"
	@echo "make lock         pin the dependencies anew (ARGS=--upgrade for newer versions)"

demo: $(SETUP_DEMO)
	$(BIN)/turf demo $(ARGS)

test: $(SETUP_DEV) system
	$(PYTEST) -m "not slow" $(ARGS)

test-all: $(SETUP_DEV) system
	$(PYTEST) $(ARGS)

lint: $(SETUP_DEV)
	$(BIN)/python -m tools.lint

bench: $(SETUP_DEV)
	$(BIN)/python -m bench $(ARGS)

docs: $(SETUP_DEV)
	$(BIN)/python -m tools.docs

screenshots: $(SETUP_DEV) system
	$(BIN)/python -m tools.screenshots $(ARGS)

lock: $(SETUP_DEV)
	$(COMPILE) --group build --output-file requirements.lock
	$(COMPILE) --group dev --constraints requirements.lock --output-file requirements-dev.lock

system:
	@tools/system_packages.sh

$(BIN)/python:
	@tools/make_venv.sh "$(PYTHON)" "$(VENV)"

$(SETUP_DEMO): requirements.lock pyproject.toml | $(BIN)/python
	@tools/install.sh $(VENV) requirements.lock
	@touch $@

$(SETUP_DEV): requirements-dev.lock pyproject.toml | $(BIN)/python
	@tools/install.sh $(VENV) requirements-dev.lock
	@touch $@ $(SETUP_DEMO)
