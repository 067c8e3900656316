# One command each: `make demo` shows the program at work, `make test` runs all tests, `make check` what CI runs.
# Everything goes into .venv; the only needs are Python 3.11 or newer, make and git.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
DEV    := $(VENV)/.installed-dev

.PHONY: demo notebooks test check lint train lock sbom audit faults clean help

help:
	@echo "make demo   build a graph from data/articles, ask two questions, draw out/graph.html"
	@echo "make notebooks  run the notebooks and write them as pages to out/notebooks"
	@echo "make test   run all tests"
	@echo "make check  lint, formatting, types and all tests, as CI does"
	@echo "make train  train the classifier anew from data/training (an hour or more; needs PyTorch)"
	@echo "make lock   renew requirements.lock after a change of pyproject.toml"
	@echo "make sbom   list what is shipped, in CycloneDX, as out/sbom.cdx.json"
	@echo "make audit  look for known holes in what requirements.lock names (needs the network)"
	@echo "make faults inject faults, fuzz the readers, read 10,000 bad files; half an hour"
	@echo "make clean  remove the environment and out/"

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(STAMP): requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.lock $(STAMP)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(STAMP)
	@rm -rf out/graph && mkdir -p out
	$(BIN)/kg build data/articles --graph out/graph
	$(BIN)/kg info --graph out/graph
	$(BIN)/kg query most-active --limit 10 --graph out/graph
	$(BIN)/kg query between -p who=JPN -p whom=KOR -p since=2023-01 -p until=2023-12 --graph out/graph
	$(BIN)/kg view --graph out/graph -o out/graph.html

notebooks: $(DEV)
	$(BIN)/python -m kg.view.notebook notebooks/*.ipynb -o out/notebooks

test: $(DEV)
	$(BIN)/python -m pytest

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test

train: $(STAMP)
	$(BIN)/python -m pip install --quiet -e ".[train]"
	$(BIN)/python -m kg.training

lock: $(DEV)
	$(BIN)/uv pip compile pyproject.toml requirements-build.in --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml requirements-build.in requirements-dev.in --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet -c requirements.lock -o requirements-dev.lock

sbom: $(DEV)
	@mkdir -p out
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --of JSON -o out/sbom.cdx.json

audit: $(STAMP)
	$(BIN)/python -m pip install --quiet pip-audit
	$(BIN)/pip-audit -r requirements.lock --require-hashes --disable-pip

faults: $(DEV)
	$(BIN)/python benchmarks/faults.py
	$(BIN)/python benchmarks/fuzz.py
	$(BIN)/python benchmarks/bad_batch.py

clean:
	rm -rf $(VENV) out
