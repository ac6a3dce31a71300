# Everything that a person or the continuous check runs; `make` alone lists it.
# All of it works in the virtual environment .venv/ of this checkout.

PYTHON ?= python3
PYTEST_FLAGS ?=
SEED ?= 0

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet
EDITABLE := $(INSTALL) --no-deps --no-build-isolation --editable .
EXAMPLE := examples/softsign.py:SoftSign

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test coverage slow memory fuzz doctest lint types format docs pictures experiments import-time speed build clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.demo ## derive the README's class, prove what it holds, race it on digits -> report/index.html
	@mkdir -p report
	$(BIN)/hermosis derive $(EXAMPLE) -o report/softsign.html
	$(BIN)/hermosis prove $(EXAMPLE)
	$(BIN)/hermosis race digits --quick --optimizer $(EXAMPLE) -o report
	@echo "Open report/index.html (the race) and report/softsign.html (the derivation)."

test: $(VENV)/.dev ## set up .venv with everything and run the tests
	$(BIN)/python -m pytest -n 2 -m "not slow" $(PYTEST_FLAGS)

coverage: $(VENV)/.dev ## run the tests and show what they leave out
	$(BIN)/python -m pytest -n 2 -m "not slow" --cov --cov-report=term $(PYTEST_FLAGS)

slow: $(VENV)/.dev ## run the long checks too, with many more random examples
	HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest -n 2 $(PYTEST_FLAGS)

memory: $(VENV)/.dev ## run machine code beside closed pages, on random rules, lengths and threads
	$(BIN)/python -m tests.memory --examples 400

fuzz: $(VENV)/.dev ## call the public interface 100,000 times at random, with the seed SEED
	$(BIN)/python -m tests.fuzz --calls 100000 --seed $(SEED)

doctest: $(VENV)/.dev ## run the examples in the docstrings
	$(BIN)/python -m pytest --doctest-modules derivations hermosis $(PYTEST_FLAGS)

lint: $(VENV)/.dev ## look for mistakes and unformatted files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## check the types
	$(BIN)/mypy

format: $(VENV)/.dev ## format all files and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.demo ## regenerate the book of derivations -> build/derivations
	$(BIN)/python -m derivations -o build/derivations

pictures: $(VENV)/.demo ## redraw docs/pictures
	$(BIN)/python docs/pictures.py

experiments: $(VENV)/.demo ## run the experiments on learning dynamics -> report/experiments
	$(BIN)/hermosis experiment all -o report/experiments

import-time: $(VENV)/.demo ## compare `import hermosis` with `import numpy`
	$(BIN)/python docs/import_time.py

speed: $(VENV)/.dev ## measure speed beside PyTorch, optax and NumPy -> docs/speed (an hour)
	$(BIN)/python -m benchmarks.speed -o docs/speed

build: $(VENV)/.dev ## build the wheel and the source archive -> dist
	$(BIN)/python -m build --no-isolation

clean: ## remove what was built; .venv stays
	rm -rf build dist report .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache

# A stamp is as new as the last complete installation; a change of the pins or of the project
# file installs again.
$(VENV)/.dev: requirements/dev.txt requirements/demo.txt pyproject.toml | $(VENV)/.made
	@echo "Installing requirements/dev.txt into $(VENV) (a few minutes the first time) ..."
	@$(INSTALL) -r requirements/dev.txt
	@$(EDITABLE)
	@touch $(VENV)/.demo $@

$(VENV)/.demo: requirements/demo.txt pyproject.toml | $(VENV)/.made
	@echo "Installing requirements/demo.txt into $(VENV) (about a minute the first time) ..."
	@$(INSTALL) -r requirements/demo.txt
	@$(EDITABLE)
	@touch $@

$(VENV)/.made:
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "There is no '$(PYTHON)' here. hermosis needs Python 3.11 or later:"; \
	  echo "  make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; } >&2
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "'$(PYTHON)' is $$("$(PYTHON)" --version 2>&1); hermosis needs Python 3.11 or later:"; \
	  echo "  make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; } >&2
	@"$(PYTHON)" -m venv $(VENV) || { \
	  rm -rf $(VENV); \
	  echo "'$(PYTHON) -m venv' failed. On Debian and Ubuntu: apt-get install python3-venv"; \
	  exit 1; } >&2
	@touch $@
