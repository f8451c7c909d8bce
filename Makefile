# make run and make test do all set-up themselves; see make help. GNU make ≥ 3.81, bash ≥ 3.2, Linux and macOS.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test coverage mutants lint format bench pretrain messages pictures clean

VENV ?= .venv
PORT ?= 8501
# Two pytest workers; all browser tests are given to one of them (tests/conftest.py).
WORKERS ?= 2
# More for pytest, such as: make test ARGS="-k sizes"
ARGS ?=
bin := $(VENV)/bin
# Formats, lints and types the browser's code; asks nobody for updates, and keeps its cache in the environment.
deno := DENO_DIR=$(VENV)/deno DENO_NO_UPDATE_CHECK=1 $(bin)/deno
javascript := --config ui/components/deno.json ui/components tests/js

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.run-ready ## start the app on http://localhost:8501 (PORT=… for another port)
	@exec $(bin)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/.dev-ready ## run all tests; needs Chromium for the browser tests and gets one when there is none
	@$(bin)/python -m tools.browser || true
	@OMP_NUM_THREADS=$${OMP_NUM_THREADS:-1} $(bin)/python -m pytest -n $(WORKERS) --durations 8 $(ARGS)

coverage: $(VENV)/.dev-ready ## which lines and branches of core and ui the tests without a browser reach
	@OMP_NUM_THREADS=$${OMP_NUM_THREADS:-1} COVERAGE_FILE=.coverage $(bin)/python -m pytest -q -m "not browser" --timeout 1500 \
		--cov core --cov ui --cov-branch --cov-report term:skip-covered $(ARGS)

mutants: $(VENV)/.dev-ready ## break the code in forty places, one after the other; a test has to notice each
	@$(bin)/python -m tools.mutants $(ARGS)

lint: $(VENV)/.dev-ready ## style, format and types of Python and JavaScript, without changing anything
	@$(bin)/ruff check .
	@$(bin)/ruff format --check .
	@$(bin)/mypy
	@$(deno) fmt --quiet --check $(javascript)
	@$(deno) lint --quiet $(javascript)
	@$(deno) check --quiet $(javascript)

format: $(VENV)/.dev-ready ## put the code into the project's format
	@$(bin)/ruff check --fix .
	@$(bin)/ruff format .
	@$(deno) fmt --quiet $(javascript)

bench: $(VENV)/.dev-ready ## run the paired measurements in benchmarks/
	@for script in benchmarks/[a-z]*.py; do name=$${script##*/}; echo "== $$script"; $(bin)/python -m "benchmarks.$${name%.py}"; done

pretrain: $(VENV)/.run-ready ## train the weights that the app ships (full MNIST, takes a while)
	@$(bin)/python -m core pretrain

messages: $(VENV)/.run-ready ## collect the visible sentences and update locale/
	@$(bin)/python -m ui.catalogue

pictures: $(VENV)/.dev-ready ## take the README's pictures from the real app
	@$(bin)/python -m tools.browser
	@$(bin)/python -m tools.screenshots

clean: ## remove the virtual environment and all caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage tests/browser/shots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: a second make starts at once. An interrupted set-up leaves no stamp and is simply done again.
$(VENV)/.run-ready: requirements.txt tools/venv.sh
	@bash tools/venv.sh $(VENV) requirements.txt
	@echo "Compiling the compiled engine (once, half a minute) …"
	@$(bin)/python -m core compile || echo "The compiled engine could not be made ready; trainings use PyTorch's own operations."
	@touch $@

$(VENV)/.dev-ready: requirements-dev.txt $(VENV)/.run-ready
	@bash tools/venv.sh $(VENV) requirements-dev.txt
	@touch $@
