# Everything runs in VENV, which is made at first use: a machine needs Python 3.10 or newer, and make.
#   make test ARGS='tests/io -k version'     arguments for pytest
#   make check PYTHON=python3.13 VENV=.venv-313     another interpreter, beside the usual one

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
PEER ?=

BIN := $(VENV)/bin
DEMO := examples/exchange/run.py
EXTRAS := all
# Two processes are what CI's machine has; the tests share nothing but the disk.
# The tests of Spark stay in one of them: each that has some starts a Spark of its own, which takes seconds.
# One that dies ends the run and is named: pytest-xdist 3.8 would replace it, and then wait for ever (its issue 1323).
PYTEST := $(BIN)/python -m pytest -q -n auto --maxprocesses 2 --max-worker-restart 0 --dist loadgroup
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check

# pyright and its Node.js come from PyPI with their wheels; neither looks around on the machine or the network.
export PYRIGHT_PYTHON_GLOBAL_NODE := 0
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.PHONY: help demo test test-all check lint types floor format bench reliability docs clean coverage
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

demo: $(VENV)/.demo  ## the example: real data, versions, partitions and an increment
	@$(BIN)/python $(DEMO) $(ARGS)

test: $(VENV)/.dev  ## the tests, without the slow ones
	@$(PYTEST) $(ARGS)

test-all: $(VENV)/.dev  ## the tests, slow ones included
	@$(PYTEST) -m '' $(ARGS)

coverage: export COVERAGE_FILE := $(CURDIR)/build/coverage/.coverage
coverage: $(VENV)/.dev  ## the tests, and how many of the lines and of the branches they run; fails under 95 % of either
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(subst python -m,coverage run -m,$(PYTEST)) $(ARGS) || echo "Tests of what a process imports or forks fail while it is watched."
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage json -q -o build/coverage/report.json
	@$(BIN)/python .ci/covered.py build/coverage/report.json

check: lint types floor test  ## what CI runs, nothing else

lint: $(VENV)/.dev  ## ruff: rules and format
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/ruff format --check --quiet .
	@echo "lint: rules and format kept"

types: $(VENV)/.dev  ## mypy over the sources, pyright over the public API
	@$(BIN)/mypy
	@$(BIN)/pyright --pythonpath $(BIN)/python

floor: $(VENV)/.dev  ## import-linter: the floor plan
	@$(BIN)/lint-imports --no-logo

format: $(VENV)/.dev  ## mend what ruff can mend
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

bench: $(VENV)/.dev $(if $(PEER),$(VENV)-peer/.peer)  ## the figures, each beside its floor; PEER=1: beside Kedro, and the page
	@$(BIN)/python benchmarks/run.py $(if $(PEER),--peer $(VENV)-peer/bin/python --write docs/benchmarks.md) $(ARGS)

reliability: $(VENV)/.dev $(if $(PEER),$(VENV)-peer/.peer)  ## the drills: what a crash, a full disk, a rival leave; PEER=1: of Kedro too
	@$(BIN)/python reliability/run.py --write docs/reliability.md $(if $(PEER),--peer $(VENV)-peer/bin/python) $(ARGS)

docs: $(VENV)/.docs  ## write the generated pages, run every block of README.md and docs/, build the site into site/
	@$(BIN)/python docs/datasets.py
	@$(BIN)/python docs/commands.py
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --site-dir site
	@$(PYTEST) tests/test_docs.py tests/datasets/test_page.py tests/cli/test_page.py $(ARGS)

clean:  ## remove what the targets above made, except VENV
	@rm -rf build dist site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis examples/*/.demo
	@find src tests examples benchmarks reliability -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("Tidemill needs Python 3.10 or newer; name one: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) --upgrade 'pip>=25.1'

# The stamps: installed once, and again when pyproject.toml changes.
$(VENV)/.demo: pyproject.toml | $(BIN)/python
	@echo "Installing what the example needs into $(VENV) ..."
	@$(INSTALL) --group demo -e '.[pandas]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "Installing the development tools into $(VENV) (once, a minute or two) ..."
	@$(INSTALL) --group dev -e '.[$(EXTRAS)]'
	@touch $(VENV)/.demo $@

$(VENV)/.docs: pyproject.toml | $(VENV)/.dev
	@echo "Installing what the site is built with into $(VENV) ..."
	@$(INSTALL) --group docs
	@touch $@

# Kedro, to be measured beside us: in an environment of its own, where nothing of ours is.
$(VENV)-peer/.peer: benchmarks/peer-requirements.txt
	@echo "Installing Kedro into $(VENV)-peer (once, a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)-peer
	@$(VENV)-peer/bin/python -m pip install -qq --disable-pip-version-check -r $<
	@touch $@
