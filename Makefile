# Every recipe makes the environment it needs (.venv) by itself; see .ci/environment.
# Two commands for newcomers: `make demo` and `make test`. The rest is for contributors.
.DEFAULT_GOAL := help
.PHONY: help demo test test-fast check deep golden bench data environment dev clean

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -q
WORKERS ?= 2
WORLDS ?= 5000

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' Makefile | column -t -s @ 2>/dev/null || grep '##' Makefile

demo: environment ## a scorecard on screen, from the bundled synthetic data
	@echo '$$ kpilang run scorecard --project examples/aerolind'
	@$(BIN)/kpilang run scorecard --project examples/aerolind

test: check ## lint, types and all tests
	@$(PYTEST) -n $(WORKERS)

test-fast: dev ## unit tests and architecture
	@$(PYTEST) -n $(WORKERS) tests/unit tests/architecture

check: dev ## ruff and mypy
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary

deep: dev ## long searches: WORLDS generated worlds (default 5000), and many more examples
	@KPILANG_WORLDS=$(WORLDS) $(PYTEST) tests/differential
	@HYPOTHESIS_PROFILE=deep $(PYTEST) -n $(WORKERS) tests/unit tests/reference

golden: dev ## write the golden files anew; the difference is for a person to read
	@$(PYTEST) tests/corpus tests/docs tests/unit --update-golden

bench: dev ## cold start and planner against hand-written SQL, measured here and now
	@$(BIN)/python tests/benchmarks/cold_start.py
	@$(BIN)/python tests/benchmarks/planner.py

data: environment ## generate the examples' synthetic data anew (the same bytes of content for the same seed)
	@for script in examples/*/generate.py; do $(BIN)/python $$script; done

environment:
	@.ci/environment demo

dev:
	@.ci/environment dev

clean: ## remove .venv and caches
	@rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
