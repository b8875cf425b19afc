# `make help` lists the targets. The first run of any of them sets up what it needs.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Packages are installed without bytecode: the first import writes what it needs. Where the
# environment forbids that, every start would compile Beam anew, for two seconds.
unexport PYTHONDONTWRITEBYTECODE

VENV ?= .venv
ARGS ?=
# Named is not installed: a version manager's shim can be on the path and still refuse to run.
SUPPORTED := import sys; sys.exit(not (3, 10) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.10 python3; do \
	$$name -c '$(SUPPORTED)' 2>/dev/null && echo $$name && break; done)

BIN := $(VENV)/bin
PACKAGES := pipelines moderation schemas workshop
# A change of any of these installs again.
METADATA := pyproject.toml setup.py

# A store that speaks as Google's does, for the tests. Packages for Python have none that heeds
# conditions.
FAKE_GCS := fake-gcs-server
FAKE_GCS_VERSION := v1.56.1

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: $(VENV)/.run ## score the built-in sample with the built-in model; ARGS="--output DIR" adds flags
	$(BIN)/python -m pipelines.score --runner=DirectRunner $(ARGS)

# A process a core: threads of their arithmetic would wait for one another.
test: export OPENBLAS_NUM_THREADS := 1
test: export OMP_NUM_THREADS := 1
.PHONY: test
test: $(VENV)/.dev $(VENV)/.store-$(FAKE_GCS_VERSION) ## run the tests, a process a core; ARGS=tests/images narrows them
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 \
		--dist worksteal $(ARGS)

.PHONY: engines
engines: $(VENV)/.dev $(VENV)/.prism $(VENV)/.store-$(FAKE_GCS_VERSION) ## compare all jobs on all engines; Go for Prism, Java and Maven for Flink; ARGS="-k prism" narrows it
	@if command -v java > /dev/null && command -v mvn > /dev/null; then \
		deploy/flink/build.sh > $(VENV)/flink-jar; \
	else echo "Java and Maven are not installed: Flink will be skipped."; rm -f $(VENV)/flink-jar; fi
	FLINK_JAR="$$(cat $(VENV)/flink-jar 2> /dev/null)" $(BIN)/python -m pytest tests/engines/conformance.py $(ARGS)

.PHONY: prism
prism: $(VENV)/.dev $(VENV)/.prism ## of that Prism alone, with fewer rows
	ENGINES_ROWS=120 $(BIN)/python -m pytest tests/engines/conformance.py -k "night or prism" $(ARGS)

# Airflow pins what the project pins otherwise, so it has an environment of its own.
AIRFLOW := .venv-airflow
.PHONY: nightly-test
nightly-test: $(VENV)/.dev $(AIRFLOW)/.installed ## import and run the DAGs of deploy/nightly/airflow in a real Airflow; 1 GB
	$(BIN)/python -m pytest tests/deploy/test_airflow.py $(ARGS)

.PHONY: lint
lint: $(VENV)/.dev ## ruff check, ruff format --check, mypy --strict, hadolint
	$(BIN)/hadolint deploy/docker/Dockerfile
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(PACKAGES)

.PHONY: image-steps
image-steps: $(VENV)/.dev ## carry out the Dockerfile's steps without Docker, in a fresh environment that is removed; 3 GB
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; $(BIN)/python -m tests.deploy.dockerfile "$$folder" $(or $(LOCK),gcp)

.PHONY: format
format: $(VENV)/.dev ## rewrite the code in the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: schemas
schemas: $(VENV)/.run ## write again what is made from typed models and options: schemas/json, schemas/bigquery, deploy/dataflow/metadata.json
	$(BIN)/python -m schemas
	$(BIN)/python -m pipelines.dataflow.metadata

.PHONY: gcp
gcp: $(VENV)/.gcp ## add what gs:// and Dataflow need to the environment

.PHONY: setup
setup: $(VENV)/.dev ## install everything, run nothing

# Every job on Beam, with every flag: what a worker lacks fails there, and late.
IN_THE_IMAGE := gcp data evaluate hashes ocr tf_jpeg tokenizers
.PHONY: lock
lock: $(VENV)/.uv ## resolve requirements/*.txt again; ARGS=--upgrade takes newer releases
	$(call compile,dev,pyproject.toml --extra dev)
	$(call compile,run,pyproject.toml --constraints requirements/dev.txt)
	$(call compile,gcp,pyproject.toml $(IN_THE_IMAGE:%=--extra %) --constraints requirements/dev.txt)
	$(call compile,gpu,pyproject.toml $(IN_THE_IMAGE:%=--extra %) --extra gpu --constraints requirements/dev.txt)
	$(call compile,uv,--group install --constraints requirements/dev.txt)
	$(call compile,airflow,requirements/airflow.in)

.PHONY: clean
clean: ## remove the environment, builds and caches; runs/ stays
	rm -rf $(VENV) $(AIRFLOW) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find $(PACKAGES) tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# One lock for every platform and every Python we support: dev is resolved first
# and the others take their versions from it, so no two files disagree.
define compile
$(BIN)/uv pip compile $(2) --universal --python-version 3.10 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header $(ARGS) --quiet --output-file requirements/$(1).txt
endef

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "No Python 3.10 to 3.13 was found. Install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; fi
	@$(PYTHON) -c '$(SUPPORTED)' || { \
		echo "$(PYTHON) is not a Python 3.10 to 3.13. Name another: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) could not make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.run: requirements/run.txt $(METADATA) | $(BIN)/python
	$(call install,run,0.8 GB)

$(VENV)/.dev: requirements/dev.txt $(METADATA) | $(BIN)/python
	$(call install,dev,1.0 GB)
	@touch $(VENV)/.run

$(VENV)/.gcp: requirements/gcp.txt $(METADATA) | $(BIN)/python
	$(call install,gcp,0.8 GB)
	@touch $(VENV)/.run

$(AIRFLOW)/.installed: requirements/airflow.txt | $(BIN)/python
	@test -x $(AIRFLOW)/bin/python || $(PYTHON) -m venv $(AIRFLOW)
	@echo "Installing requirements/airflow.txt into $(AIRFLOW); the first time this downloads about 0.4 GB."
	@$(AIRFLOW)/bin/python requirements/install.py airflow
	@touch $@

# The tests that need it are skipped where it cannot be had: Go is no requirement of the project.
$(VENV)/.store-$(FAKE_GCS_VERSION): | $(BIN)/python
	@if ! command -v go > /dev/null; then \
		echo "Go is not installed: tests on an object store will be skipped."; \
	elif echo "Building $(FAKE_GCS) $(FAKE_GCS_VERSION), once; a minute." && \
		GOBIN=$(abspath $(BIN)) go install github.com/fsouza/$(FAKE_GCS)@$(FAKE_GCS_VERSION); then \
		touch $@; \
	else \
		echo "$(FAKE_GCS) could not be built: tests on an object store will be skipped."; fi

# Beam's own engine for one machine, of the lock's version.
$(VENV)/.prism: requirements/dev.txt | $(BIN)/python
	@version=$$(sed -n 's/^apache-beam[^=]*==\([0-9.]*\) .*/\1/p' $< | head -1); \
	if ! command -v go > /dev/null; then \
		echo "Go is not installed: Prism will be skipped."; \
	elif echo "Building Prism $$version, once; three minutes of processor time." && \
		GOBIN=$(abspath $(BIN)) go install github.com/apache/beam/sdks/v2/go/cmd/prism@v$$version; then \
		touch $@; \
	else \
		echo "Prism could not be built: it will be skipped."; fi

$(VENV)/.uv: requirements/uv.txt | $(BIN)/python
	@$(BIN)/python requirements/install.py uv
	@touch $@

# The lock and nothing else; the project itself is then built with the setuptools of the lock,
# so nothing unpinned is fetched for it.
define install
@echo "Installing requirements/$(1).txt into $(VENV); the first time this downloads about $(2)."
@$(BIN)/python requirements/install.py $(1) --editable .
@touch $@
endef
