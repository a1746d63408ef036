# Sluicegate's commands. `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

# One profile and one selection of packages for everything in `make test`: with another selection
# cargo chooses other features, and building wasmtime twice is most of the time.
CARGO ?= cargo
# Where the tests note what they could not run, one line each.
export SLUICEGATE_SKIPS := $(CURDIR)/target/skipped.txt
# The tests start the program that was just built.
export SLUICEGATE_BIN ?= $(CURDIR)/target/debug/sluicegate

# $(call step,what,command): runs it, says what and how long.
define step
printf '\n== %s\n' "$(1)"; begin=$$SECONDS; $(2); printf '== %s: %d s\n' "$(1)" $$((SECONDS - begin))
endef

# cargo-deny is checked where it is installed, and counted as skipped where not.
deny = if command -v cargo-deny > /dev/null; then $(CARGO) deny --offline check bans licenses sources; \
  else echo 'skipped: because `cargo-deny` is not installed' | tee -a $(SLUICEGATE_SKIPS); fi

.PHONY: help
help: ## list the commands
	@sed -n 's/^\([a-z]*\):.* ## \(.*\)/make \1|\2/p' Makefile | column -t -s '|'

.PHONY: setup
setup: ## install what is missing: servers, WebAssembly toolchain, clients for the tests
	@.ci/setup

.PHONY: run
run: ## build gateway and shipped plugins, serve on 127.0.0.1:6380
	@.ci/setup build
	$(CARGO) build --release
	$(CARGO) plugins
	mkdir -p plugins.d data
	exec target/release/sluicegate serve --config config/gateway.toml

.PHONY: test
test: ## run every check and every test, against the real servers
	@total=$$SECONDS
	mkdir -p target
	: > $(SLUICEGATE_SKIPS)
	$(call step,set-up,.ci/setup)
	$(call step,format,$(CARGO) fmt --all --check)
	$(call step,lints,$(CARGO) clippy --workspace --all-targets -- -D warnings)
	$(call step,documentation,RUSTDOCFLAGS='-D warnings' $(CARGO) doc --workspace --no-deps --document-private-items)
	$(call step,licences and versions,$(deny))
	$(call step,build,$(CARGO) build --workspace --all-targets)
	$(call step,plugins,target/debug/plugins)
	$(call step,tests,$(CARGO) test --workspace)
	printf '\n== all: %d s\n' $$((SECONDS - total))
	printf '%d skipped\n' "$$(wc -l < $(SLUICEGATE_SKIPS))"
	sort $(SLUICEGATE_SKIPS) | uniq -c

.PHONY: bench
bench: ## measure against a real Redis, in one run; about five minutes
	@.ci/setup
	$(CARGO) build --release
	$(CARGO) plugins
	SLUICEGATE_BIN=$(CURDIR)/target/release/sluicegate $(CARGO) run --release -p sluicegate-tests --bin bench

.PHONY: fmt
fmt: ## format the code
	$(CARGO) fmt --all
