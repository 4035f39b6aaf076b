# Everything a user or a developer does with a checkout. `make` alone lists the targets.
# Works with GNU make 3.81 (macOS). What is installed goes into .venv; only a missing tor asks for root rights.

VENV := .venv
BIN := $(VENV)/bin
TREES := chattor tests themes docs
# More than cores: the tests on the private Tor network wait more than they work.
JOBS := 3
SEEDS := 1000
ARGS :=

.DEFAULT_GOAL := help
.PHONY: help setup setup-test run demo test check promises simulate mutants bench screenshots docs man lock clean tor strace shells bus obfs4 browser peers
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: tor $(VENV)/.setup ## install what is missing: tor, and the locked requirements into .venv

setup-test: setup strace shells bus obfs4 browser $(VENV)/.setup-test ## the same and what the tests need

run: setup ## chattor on the live Tor network (ARGS="--profile NAME ...")
	@$(BIN)/chattor $(ARGS)

demo: setup ## chattor on a private Tor network on this machine; nothing leaves it
	@$(BIN)/chattor demo $(ARGS)

test: setup-test check ## lint, types, contracts and every test but the slow ones, with a private network of real tor
	$(BIN)/pytest -n $(JOBS) --dist loadgroup -m "not slow" $(ARGS)

check: setup-test ## lint, format, types, import contracts
	$(BIN)/ruff check $(TREES)
	$(BIN)/ruff format --check $(TREES)
	$(BIN)/mypy
	$(BIN)/mypy docs/examples
	$(BIN)/lint-imports

promises: setup-test ## the tests that take long: every bit, thousands of schedules
	$(BIN)/pytest -n $(JOBS) --dist loadgroup -m slow $(ARGS)

simulate: setup-test ## play SEEDS simulated worlds (SEEDS=10000), each with faults of every kind
	@$(BIN)/python -m tests.simulation.many $(SEEDS)

mutants: setup-test ## break five rules on purpose, one at a time: the tests must notice each
	@$(BIN)/python -m tests.simulation.mutants

bench: setup-test peers ## measure, against peers where there are some
	@set -e; for file in tests/bench/[a-z]*.py; do \
		module=$$(echo "$${file%.py}" | tr / .); echo "== $$module"; $(BIN)/python -m "$$module" $(ARGS); \
	done

screenshots: setup-test ## draw the pictures of the documentation anew
	@$(BIN)/python -m tests.support.screenshots docs/images

man: setup-test ## write the manual pages anew, from the verbs and the settings
	@$(BIN)/python -m tests.support.manual packaging/man

docs: man ## write all pages anew that are made from the code
	@$(BIN)/python -m tests.support.rpc_page docs/rpc.md
	@$(BIN)/python -m tests.support.keys_page docs/keys.md

lock: ## resolve requirements*.txt again (ARGS=--upgrade for newer versions)
	packaging/scripts/lock $(ARGS)

clean: ## remove .venv and everything else that was made here
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find $(TREES) -name __pycache__ -type d -prune -exec rm -rf {} +

tor:
	@packaging/scripts/need tor:tor tor-gencert:tor

strace:
	@[ "$$(uname -s)" != Linux ] || packaging/scripts/need strace:strace

obfs4:
	@packaging/scripts/need obfs4proxy:obfs4proxy

shells:
	@packaging/scripts/need bash:bash zsh:zsh fish:fish jq:jq mandoc:mandoc groff:groff-base

bus:
	@packaging/scripts/need dbus-daemon:$$([ "$$(uname -s)" = Linux ] && echo dbus-daemon || echo dbus)

browser:
	@! grep -qs '^ID=debian' /etc/os-release || packaging/scripts/need chromium-headless-shell:chromium-headless-shell

peers:
	@! grep -qs '^ID=debian' /etc/os-release || packaging/scripts/need weechat:weechat-curses profanity:profanity

$(BIN)/python:
	@packaging/scripts/venv $(VENV)

$(VENV)/.setup: requirements.txt pyproject.toml $(BIN)/python
	@packaging/scripts/install $(BIN)/python
	@touch $@

$(VENV)/.setup-test: requirements-test.txt $(VENV)/.setup
	@echo "set-up: installing the locked test requirements"
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements-test.txt
	@touch $@
