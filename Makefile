# Everything here works as the first command in a fresh clone: Python 3.11 or newer, pip and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXTRAS := notebooks,typeset,pdf,dev

RAW := data/raw
PROCESSED := data/processed
REPORTS := reports
SYNTHETIC := build/synthetic
NOTEBOOKS := $(sort $(wildcard notebooks/*.ipynb))

.DEFAULT_GOAL := help
.PHONY: help install demo notebooks test lint verify benchmark constraints clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

install: $(VENV)/.installed ## Set up .venv with the package and all it needs

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is missing or older than 3.11; install Python 3.11 or newer, or name one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "setting up $(VENV) (a minute or two, once)"
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
	  $(PYTHON) -m venv --clear $(VENV); \
	elif $(PYTHON) -c 'import pip' 2>/dev/null; then \
	  $(PYTHON) -m venv --clear --without-pip $(VENV); \
	else \
	  echo "$(PYTHON) has neither pip nor ensurepip; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi
	@if [ -x $(BIN)/pip ]; then $(BIN)/python -m pip install --quiet --disable-pip-version-check uv; \
	else $(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check uv; fi
	@touch $@

# uv is fast; where it does not reach the packages (a mirror that only pip knows of), pip installs the same versions.
$(VENV)/.installed: $(VENV)/.uv pyproject.toml constraints.txt
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --compile-bytecode -c constraints.txt -e ".[$(EXTRAS),scan]" \
	  || { $(BIN)/python -m pip install --quiet -c constraints.txt -e ".[$(EXTRAS)]" onnxruntime \
	  && $(BIN)/python -m pip install --quiet -c constraints.txt --no-deps rapidocr; } # its second OpenCV breaks ours
	@touch $@

demo: $(VENV)/.installed ## Build the dataset from data/raw and render the notebooks
	$(BIN)/govdisclose build $(RAW) $(PROCESSED)
	$(BIN)/python -m govdisclose.synthesis $(SYNTHETIC)
	$(BIN)/govdisclose build $(SYNTHETIC)/raw $(SYNTHETIC)/processed
	$(BIN)/govdisclose publish $(NOTEBOOKS) -o $(REPORTS) --gallery $(SYNTHETIC)/processed --agencies $(SYNTHETIC)/agencies.csv
	@echo
	@echo "dataset    $(PROCESSED)/"
	@echo "notebooks  $(REPORTS)/index.html"

notebooks: $(VENV)/.installed ## Run the notebooks and render each to one offline page in reports/
	@$(BIN)/govdisclose publish $(NOTEBOOKS) -o $(REPORTS)

test: $(VENV)/.installed ## Run the tests
	@$(BIN)/python -m pytest -n auto

lint: $(VENV)/.installed ## Check style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

verify: $(VENV)/.installed ## Measure accuracy on every sample and write docs/accuracy.md
	@$(BIN)/python verify/accuracy.py

# The tools that are compared are needed here alone.
benchmark: $(VENV)/.installed ## Compare with other tools and write docs/benchmarks.md
	@$(BIN)/uv pip install --python $(BIN)/python --quiet -c constraints.txt -e ".[$(EXTRAS),bench]" \
	  || $(BIN)/python -m pip install --quiet -c constraints.txt -e ".[$(EXTRAS),bench]"
	@$(BIN)/python -m benchmarks

constraints: $(VENV)/.uv ## Choose the newest versions that fit, for every platform
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --no-header --no-annotate --all-extras pyproject.toml -o constraints.txt

clean: ## Remove .venv, caches and everything built
	rm -rf $(VENV) $(REPORTS) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
	find $(PROCESSED) -mindepth 1 -not -name README.md -delete 2>/dev/null || true
