# Two commands are enough: `make demo` and `make test`. Both set up .venv first, once.
# PYTHON=/path/to/python3.12 chooses another Python (3.11 or newer); RUNS=1000 plays more runs.

RUNS ?= 200
WORKERS ?= 2
BIN = .venv/bin
READY = .venv/ready

.PHONY: help setup demo test lint docs bench lock clean

help:
	@echo "make demo    simulate the shipped store, write outputs/demo/"
	@echo "make test    run the whole test suite"
	@echo "make lint    ruff, mypy --strict, import contracts"
	@echo "make docs    write the pages and pictures that are made from code and from the demo"
	@echo "make bench   measure speed and agreement, write benchmarks/RESULTS.md (half an hour)"
	@echo "make lock    renew requirements.lock (needs uv)"
	@echo "make clean   remove .venv and caches; outputs stay"

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" sh tools/setup.sh
	@touch $@

demo: setup
	@$(BIN)/storesim run scenarios/elena_mileva.yaml --runs $(RUNS) --output outputs/demo

# A process a core, a file of tests at a time; WORKERS=0 for one process. The tests start hundreds of processes, each
# of which would compile the same files again where Python is told to keep none.
test: setup
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: setup
	@$(BIN)/python tools/make_docs.py

bench: setup
	@$(BIN)/python -m benchmarks

# --no-config and no emit options: the lock names no address, whatever indexes this machine is set up with.
lock:
	@uv pip compile --no-config --quiet --universal --python-version 3.11 --extra dev \
	  --generate-hashes --no-header --no-annotate pyproject.toml --output-file requirements.lock

clean:
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build
