# `make` prints what can be done. Every target sets up what it needs by itself.

PYTHON ?= python3.11
VENV   ?= .venv
BIN    := $(VENV)/bin
LOCK   ?= requirements/core-2.19-py3.11.txt
DIST   ?= dist
STAMP  := $(VENV)/.installed

# Ansible ignores an ansible.cfg in a world-writable folder unless it is named.
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
export PATH := $(abspath $(BIN)):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup fuzz agree chaos bench accuracy test-release demo audit lab lab-down test test-unit test-lab test-system lint lock docs dist test-matrix clean

help:  ## Print this
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## Make .venv with the locked dependencies

$(STAMP): $(LOCK)
	@echo "Installing into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	@touch $@

demo: setup  ## Boot the 2009 incident in the lab, audit, remediate, harden, audit again
	@bash lab/demo.sh

audit: setup  ## Audit the devices of the default inventory (the lab's, unless ansible.cfg says otherwise)
	@ansible-playbook playbooks/audit.yml

lab: setup  ## Start the lab's two emulated ASAs on loopback
	@python -m lab up

lab-down: setup  ## Stop the lab
	@python -m lab down

test: setup lint test-unit test-lab  ## Lint, types, unit tests and the tests against the lab over SSH

test-unit: setup
	@python -m pytest tests -q -n 2 --ignore=tests/integration --ignore=tests/molecule --ignore=tests/outside \
	  --ignore=tests/system

# These wait for sessions more than they work, so two cores take four at once; the longest stories begin first.
test-lab: setup
	@python -m pytest tests/molecule tests/integration tests/outside -q -n 4 --dist worksteal

accuracy: setup  ## What the audit says of every labelled fault, beside what it must say (CASES="word ..." for some, in full)
	@python -m tests.accuracy $(CASES)

fuzz: setup  ## The parsers on ten million damaged lines (FUZZ_LINES=, FUZZ_SEED=), properties on new examples; minutes
	@FUZZ_LINES=$${FUZZ_LINES:-10000000} python -m pytest tests/parsers/test_fuzz.py -q -n 2
	@HYPOTHESIS_PROFILE=explore python -m pytest tests -q -n 2 -k "properties or come" --ignore=tests/integration \
	  --ignore=tests/molecule --ignore=tests/outside --ignore=tests/system

agree: setup  ## What the rules say of random pairs of configurations, beside what the lab does with them (AGREE_PAIRS=, AGREE_SEED=)
	@python -m tests.agree

chaos: setup  ## Remediation with everything going wrong, in memory and through Ansible (CHAOS_RUNS=, CHAOS_SEED=, CHAOS_ANSIBLE_RUNS=)
	@python -m tests.chaos

test-system: setup  ## Tests with Debian's chromium, openssh-client, prometheus and systemd; fails where they are absent
	@python -m pytest tests/system -q

# Each leg sets up its own .venv. A leg that cannot run fails; only LEGS leaves one out.
LEGS ?= 2.16 2.19 newest
# The first 3.13 that works: pyenv puts one on the PATH that does nothing but say that no version is chosen.
PYTHON_NEWEST ?= $(shell for python in python3.13 "$$HOME"/.pyenv/versions/3.13*/bin/python3.13; do \
  "$$python" -c 'import ensurepip, venv' 2>/dev/null && echo "$$python" && break; done)

test-matrix:  ## The tests on every supported release of ansible-core, with a table at the end (LEGS="2.16 2.19 newest")
	@LEGS="$(LEGS)" PYTHON="$(PYTHON)" PYTHON_NEWEST="$(PYTHON_NEWEST)" .ci/matrix

# The default lock alone has the witnesses of tests/outside, Molecule and the tools of the docs.
test-release: setup
	@ansible --version | head -1
	@python -m pytest tests -q -n 2 \
	  --ignore=tests/molecule --ignore=tests/outside --ignore=tests/system --ignore=tests/test_docs.py

bench:  ## Our parsers and connection beside their peers, in .venv-bench (600 MB, a minute to make; runs 25 minutes)
	@$(MAKE) --no-print-directory VENV=.venv-bench LOCK=requirements/bench-py3.11.txt setup
	@.venv-bench/bin/python -m tests.bench $(BENCH)

dist: setup  ## Build the collection's archive in dist/, the links to our folders resolved
	@rm -rf $(DIST)
	@mkdir -p $(DIST)/source
	@cp -rL $(COLLECTION)/. $(DIST)/source
	@find $(DIST)/source -name __pycache__ -prune -exec rm -rf {} +
	@ansible-galaxy collection build $(DIST)/source --output-path $(DIST)
	@rm -rf $(DIST)/source

lint: setup  ## ruff, mypy --strict, yamllint, ansible-lint
	@ruff check .
	@ruff format --check .
	@mypy $(COLLECTION)/plugins/plugin_utils lab
	@yamllint --strict .
	@ansible-lint --offline

COLLECTION := .collections/ansible_collections/tunnelmend/asa

docs: setup  ## Write the generated pages of docs/ anew
	@python -m tests.tools.generate_docs

UPGRADE ?= --upgrade

lock: setup  ## Refresh the locks of all supported releases; UPGRADE= keeps the versions that they have
	@uv pip compile -q $(UPGRADE) --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  -c requirements/core-2.19.in requirements/dev.in -o requirements/core-2.19-py3.11.txt
	@uv pip compile -q $(UPGRADE) --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  -c requirements/core-2.16.in requirements/matrix.in -o requirements/core-2.16-py3.11.txt
	@uv pip compile -q $(UPGRADE) --generate-hashes --no-header --no-annotate --python-version 3.13 \
	  requirements/matrix.in -o requirements/core-newest-py3.13.txt
	@uv pip compile -q $(UPGRADE) --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  -c requirements/core-2.19.in requirements/bench.in -o requirements/bench-py3.11.txt

clean:  ## Stop the lab and remove what was made here, reports included
	@test ! -x $(BIN)/python || $(BIN)/python -m lab down
	@rm -rf $(VENV) .venv-core-* .venv-bench .lab .cache reports dist
