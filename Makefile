# Everything that is run here is run by one of these; `make help` lists them.

PORT ?= 8000
# The distribution's is built with profile-guided optimisation, as the image's is: a Python built without takes half as long again.
PYTHON ?= $(or $(shell for one in /usr/bin/python3.11 python3.11 python3; do "$$one" -c "import ensurepip" 2>/dev/null && command -v "$$one" && break; done),python3)
UV_VERSION := 0.13.9
HELM_VERSION := v3.19.0
TOOLS := chromium strace curl openssl promtool java mvn go
BIN := .venv/bin
PYTEST := $(BIN)/pytest -q
QUICK := tests/unit tests/contract tests/property tests/architecture

.DEFAULT_GOAL := help
.PHONY: help setup system run up-native lint check test prove bench schema clean

##@ Use

run: setup ## A hub on http://localhost:8000 with an invented school; PORT=8001 for another port; Ctrl-C ends it
	@FREMGANG_PORT=$(PORT) $(BIN)/fremgang run --demo

up-native: TOOLS := java mvn
up-native: setup .tools/kafka/.ready ## A hub on a Kafka and a PostgreSQL of its own, each part a process, without containers; Ctrl-C ends it
	@PYTHONPATH=tests exec $(BIN)/python tests/native --port $(PORT)

##@ Work on it

setup: .venv/.ready ## Python packages into .venv, nothing outside this folder; done by the others when needed

lint: setup ## Format, lint, types, import contracts, schemas
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/fremgang schema --check

check: lint .tools/kafka/.ready ## The same, and the quick tests
	$(PYTEST) -n auto -m "not prove" $(QUICK)

test: setup system .tools/ralph/.ready .tools/kafka/.ready .tools/helm/helm ## The whole suite; installs Chromium and strace (curl, openssl) where they are missing
	$(PYTEST) -n 2 --dist loadfile -m "not prove"

prove: setup system .tools/ralph/.ready .tools/kafka/.ready ## The long proofs at full size, with progress
	PROVE=1 $(PYTEST) -v --timeout 3600 -n 2 tests/property
	PROVE=1 $(PYTEST) -v -s --timeout 3600 -m prove tests/integration

bench: setup .tools/ralph/.ready .tools/kafka/.ready ## Measure both hubs on this machine, half an hour and more, alone on it; keeps the pages in tests/bench
	PYTHONPATH=tests $(BIN)/python tests/bench --write

schema: setup ## Write contracts/schema anew from the models
	$(BIN)/fremgang schema

##@ Keep house

system: ## What only tests use, Chromium, strace, Java and Prometheus among it, by apt-get where it may be used
	@missing=; for tool in $(TOOLS); do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	missing=$$(echo "$$missing" | sed "s/ java/ default-jre-headless/; s/ mvn/ maven/; s/ promtool/ prometheus/; s/ go$$/ golang-go/"); \
	if [ -z "$$missing" ]; then exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	else echo "Needed and not there:$$missing. Install it, as root: apt-get install$$missing" >&2; exit 1; fi

clean: ## Remove what setup and tools made; data (var) and key (.key) stay
	rm -rf .venv .tools dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet uv==$(UV_VERSION)

.tools/ralph/.ready: tests/ralph.txt | .tools/bin/uv
	.tools/bin/uv venv --quiet --clear --python $(PYTHON) .tools/ralph
	.tools/bin/uv pip install --quiet --compile-bytecode --python .tools/ralph/bin/python --require-hashes -r $<
	@touch $@

.tools/kafka/.ready: deploy/kafka/pom.xml | system
	@rm -rf .tools/kafka && mkdir -p .tools/kafka
	mvn -q -B -f $< dependency:copy-dependencies -DoutputDirectory="$(CURDIR)/.tools/kafka/libs" -DincludeScope=runtime
	@touch $@

.tools/helm/helm: | system
	GOBIN="$(CURDIR)/.tools/helm" go install helm.sh/helm/v3/cmd/helm@$(HELM_VERSION)

.venv/.ready: pyproject.toml uv.lock | .tools/bin/uv
	.tools/bin/uv sync --locked --compile-bytecode --python $(PYTHON)
	@touch $@
