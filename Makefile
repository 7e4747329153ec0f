# `make run` opens the demo shop's till; `make test` passes every check. Both do their own set-up and may be repeated.
PYTHON ?= python3
PORT ?= 8080
DATA ?= data/demo
VENV := .venv
BIN := $(VENV)/bin
# a test mostly waits: for a browser, a paced line, a server that is killed
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')
STAMP := $(VENV)/.installed
RUNSTAMP := $(VENV)/.runtime-installed
UV := $(BIN)/uv
# what the machine trusts, as pip does: a company's proxy has a certificate of its own
export UV_SYSTEM_CERTS := 1
# where this is set, every start of a program compiles everything it imports anew
export PYTHONDONTWRITEBYTECODE :=
.DEFAULT_GOAL := help

.PHONY: help
help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

$(UV): requirements/uv.txt
	@$(PYTHON) deploy/preflight.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $(UV)

$(RUNSTAMP): requirements/runtime.txt pyproject.toml | $(UV)
	@test -e $(STAMP) || $(UV) pip sync -q --python $(BIN)/python --require-hashes requirements/runtime.txt
	@touch $(RUNSTAMP)

$(STAMP): requirements/dev.txt pyproject.toml | $(UV)
	@$(UV) pip sync -q --python $(BIN)/python --compile-bytecode --require-hashes requirements/dev.txt
	@touch $(STAMP)

.PHONY: run
run: $(RUNSTAMP) ## the demo shop: its till, back office and simulated devices (PORT=, DATA=)
	@$(BIN)/python -m web.cli demo --port $(PORT) --data $(DATA)

.PHONY: test
test: $(STAMP) ## every check, with real PostgreSQL and Chromium; style and types beside the tests
	@$(BIN)/python deploy/chromium.py
	@$(MAKE) -s -j2 lint pytest

.PHONY: pytest
pytest: $(STAMP)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

.PHONY: lint
lint: $(STAMP) ## style, types, imports
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/pyright

.PHONY: requirements
requirements: $(UV) ## compile the pinned requirement files anew
	@$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements/runtime.txt
	@$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml --group dev -o requirements/dev.txt

.PHONY: vectors
vectors: $(STAMP) ## N random baskets priced in Python and by the browser's engine: no difference (N=20000)
	@$(BIN)/python -m tests.loyalty.pricing.vectors_run $(or $(N),20000)

.PHONY: laws
laws: $(STAMP) ## what must hold for every receipt, return, choice of rules, points ledger, tier and race (N=20000)
	@$(BIN)/python -m tests.loyalty.laws.run $(or $(N),20000)

.PHONY: fresh
fresh: ## both commands in a clone with an empty environment, as root and as an ordinary user (FRESH="--keep NAME")
	@$(PYTHON) deploy/fresh.py $(FRESH)

.PHONY: crash
crash: $(STAMP) ## app and PostgreSQL killed at random under load: nothing lost, doubled, altered (SALES=2000 KILLS=20)
	@$(BIN)/python -m tests.crash.run $(or $(SALES),2000) $(or $(KILLS),20)

.PHONY: crash-devices
crash-devices: $(STAMP) ## agents killed under load; agent, server and printer at every step of a job: none twice, none lost (KILLS=50 JOBS=1000)
	@$(BIN)/python -m tests.devices.agent.crash --kills $(or $(KILLS),50)
	@$(BIN)/python -m tests.devices.agent.crash_steps $(or $(JOBS),1000)

.PHONY: fuzz
fuzz: $(STAMP) ## random and mutated inputs for every parser of devices: no hang, no wrong weight, no command (N=1000000)
	@$(BIN)/python -m tests.devices.fuzz.run $(or $(N),1000000)

.PHONY: oracles
oracles: $(STAMP) ## programs that no one here wrote, against our device layer (node and npm are needed)
	@command -v npm >/dev/null || { echo "make oracles needs node and npm: install them (Debian: apt-get install nodejs npm)"; exit 1; }
	@cd tests/oracles && { test -e node_modules/.installed || npm ci --no-audit --no-fund --ignore-scripts --loglevel=error && touch node_modules/.installed; }
	@$(BIN)/python -m tests.oracles

.PHONY: bench
bench: $(STAMP) ## recording beside PostgreSQL's own floor, the till page, engine, agent (PAIRS=5 SCANS=200)
	@$(BIN)/python deploy/chromium.py
	@$(BIN)/python -m tests.bench $(or $(PAIRS),5) $(or $(SCANS),200)

.PHONY: schema
schema: $(STAMP) ## write the published JSON Schema of documents anew
	@$(BIN)/python -m pos.documents.published > docs/schema/document-v1.json

.PHONY: pictures
pictures: $(STAMP) ## the pictures of README and docs, taken anew from the demo shop
	@$(BIN)/python -m tests.e2e.screenshots
