# Needs Python 3.11 to 3.15 (with venv), make and a package index; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile --no-config --quiet --python-version 3.11 --no-strip-extras --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"
STAMP := $(VENV)/.installed
# Half of the suite's time is spent waiting for servers, leases and deadlines: more workers than processors.
PYTEST_WORKERS ?= $(shell expr 2 '*' $$(getconf _NPROCESSORS_ONLN))
PYTEST := $(BIN)/python -m pytest --numprocesses=$(PYTEST_WORKERS) --dist=loadscope --no-loadscope-reorder

unexport PYTHONDONTWRITEBYTECODE # each worker, and each process that it starts, would compile what it imports

.DELETE_ON_ERROR:
.PHONY: help install test check coverage lint docs bench fidelity compat patterns side-by-side matrix packages demo lock lock-matrix messages changelog clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## make .venv from the lock file
	@:

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 16) else "the lock file is for Python 3.11 to 3.15: make PYTHON=python3.12 ...")'
	@echo "installing into $(VENV), which takes up to a minute the first time"
	@test -x $(BIN)/python || $(PYTHON) -m venv --clear $(VENV)
# A lock is complete. Nothing is built either: what a build needs would be downloaded in whichever release there is.
# uv takes a tenth of pip's time. It is told of pip's index; what it can't install by that, pip does.
	@sed -n '/^uv==/,/[^\\]$$/p' requirements/dev.txt > $(VENV)/uv.txt
	@$(PIP) install --no-deps --require-hashes --only-binary :all: --requirement $(VENV)/uv.txt
	@index=$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config list | sed -n "s/.*[.]index-url='\(.*\)'/\1/p" | tail -n 1)}; \
		export UV_PYTHON=$(BIN)/python $${index:+UV_DEFAULT_INDEX="$$index"}; \
		$(BIN)/uv pip install --no-config --quiet --no-deps --require-hashes --only-binary :all: \
			--requirement requirements/dev.txt 2> /dev/null || \
		$(PIP) install --no-deps --require-hashes --only-binary :all: --requirement requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -I -m confcontract.install_command
	@echo "installed; '. $(VENV)/bin/activate' puts confcontract on the PATH of this shell"
	@touch $@

test: $(STAMP) ## run the whole test suite, or what ARGS names: make test ARGS=tests/boot
	$(PYTEST) $(ARGS)

# No package of tests is called like a module of Python: those of `secrets` are in tests/stores.
check: FOLDER = tests/$(patsubst secrets%,stores%,$(PART))
check: $(STAMP) ## the tests of one package, but for the slow and those that need a browser: make check PART=verdict
	@test -n "$(PART)" && test -d $(FOLDER) || { echo "PART is a package, as in make check PART=verdict, or one within: boot/health"; exit 2; }
	$(PYTEST) -m "not slow and not browser" $(FOLDER) $(ARGS)

# Which tests are counted, and why not all, is said in tests/support/measured.py.
coverage: $(STAMP) ## the whole suite, with coverage and its floor, as continuous integration does
	@$(BIN)/coverage erase
	@status=0; set -x; COVERAGE_PROCESS_START=$(CURDIR)/pyproject.toml $(PYTEST) $(ARGS) || status=$$?; \
		$(BIN)/coverage combine --quiet && $(BIN)/coverage report && exit $$status

lint: $(STAMP) ## ruff, mypy, the import rules, the change log, the documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/towncrier build --draft --version next > /dev/null
	$(BIN)/python docs/generate.py --check
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

docs: $(STAMP) ## build the documentation into site/
	$(BIN)/python docs/generate.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: $(STAMP) ## measure boot against its peers, an audit against tar, bombs, and a fleet, on this machine, in one run
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/images.py
	$(BIN)/python benchmarks/bombs.py
	$(BIN)/python benchmarks/fleet.py

fidelity: $(STAMP) ## compare boot with Settings() on N generated pairs: make fidelity N=100000
	FIDELITY_PAIRS=$(N) $(PYTEST) tests/fidelity $(ARGS)
fidelity: N ?= 100000

compat: $(STAMP) ## compare N generated pairs of contracts, and hold the findings to the truth: make compat N=100000
	COMPAT_PAIRS=$(N) $(PYTEST) tests/compare/test_truth.py -rP $(ARGS)
compat: N ?= 100000

patterns: $(STAMP) ## decide N generated pairs of patterns, and hold the time that they take to its limit: make patterns N=10000
	$(BIN)/python benchmarks/patterns.py $(N) $(ARGS)
patterns: N ?= 10000

side-by-side: $(STAMP) ## what an audit and trivy find in the same images, each with one fault
	$(BIN)/python -m tests.audit.side_by_side

packages: $(STAMP) ## bake the settings classes of published packages, and compare: make packages FOLDER=/tmp/packages
	$(BIN)/python -m tests.fidelity.packages --folder $(FOLDER) $(ARGS)

matrix: $(STAMP) ## the tests in which releases of pydantic differ, with each pair of releases: PAIRS="2.12.0-2.14.0 ..."
	$(BIN)/python tests/matrix.py $(PAIRS) $(ARGS)

demo: $(STAMP) ## the guided tour: a real service, a real Vault-compatible server
	@$(BIN)/python examples/shop/demo.py

lock: $(STAMP) ## resolve the lock files anew; ARGS=--upgrade takes newer releases
	$(COMPILE) pyproject.toml --all-extras --group dev --universal $(ARGS) --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml examples/shop/requirements.in --constraint requirements/dev.txt --universal $(ARGS) \
		--output-file examples/shop/requirements.txt
	$(COMPILE) pyproject.toml --all-extras --resolution lowest --no-build --upgrade --output-file requirements/lowest.txt

lock-matrix: $(STAMP) ## resolve what each pair of `make matrix` needs, or those that PAIRS names
	$(BIN)/python tests/matrix.py --lock $(PAIRS)

messages: $(STAMP) ## list every message that users can read, with its place in the sources, to review them
	@$(BIN)/python -m tests.support.prose

changelog: $(STAMP) ## show what the next release notes would say
	$(BIN)/towncrier build --draft --version next

clean: ## remove .venv and everything that was built
	rm -rf $(VENV) site build dist .coverage .coverage.* coverage.xml
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
