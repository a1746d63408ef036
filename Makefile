# Sluicegate's commands. `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

# One profile and one selection of packages for everything in `make test`: with another selection
# cargo chooses other features, and building wasmtime twice is most of the time.
CARGO ?= cargo
# The same with the lints on: clippy compiles what it checks, so that nothing is checked first and
# built again. Not by a variable of the environment, which the compilers of plugins would inherit.
checked = $(CARGO) --config 'build.rustc-workspace-wrapper="clippy-driver"'
export CLIPPY_ARGS := -Dwarnings__CLIPPY_HACKERY__
# Where the tests note what they could not run, one line each.
export SLUICEGATE_SKIPS := $(CURDIR)/target/skipped.txt
# The tests start the program that was just built.
export SLUICEGATE_BIN ?= $(CURDIR)/target/debug/sluicegate

# $(call step,what,command): runs it, says what and how long.
define step
printf '\n== %s\n' "$(1)"; begin=$$SECONDS; $(2); printf '== %s: %d s\n' "$(1)" $$((SECONDS - begin))
endef

# The set-up installs cargo-deny; where it could not, that is counted.
deny = if $(CARGO) deny --version > /dev/null 2>&1; then $(CARGO) deny --log-level error check bans licenses sources; \
  else echo 'skipped: because `cargo-deny` is not installed' | tee -a $(SLUICEGATE_SKIPS); fi

# $(call plugins,program): every shipped plugin, example and test guest as a component, below target.
plugins = $(1) plugin build plugins/*/ --out target/plugins; $(1) plugin build plugin-sdk/examples/*/ --out target/examples; \
  $(1) plugin build tests/guests/*/ --out target/guests

# $(call pipeline,program): the pipeline whose conversations lie in tests/scenarios, below target.
pipeline = mkdir -p target/scenarios/orders; cp tests/scenarios/orders/plugins/*.toml target/scenarios/orders/; \
  for plugin in auth-mysql filter-json partition-hash transcode-protobuf; do cp target/plugins/$$plugin.wasm target/scenarios/orders/; done; \
  rm -rf target/scenarios/guard; $(1) plugin new guard --lang go --role filter --folder target/scenarios/guard; \
  cp plugin-sdk/go/examples/guard.go target/scenarios/guard/main.go; \
  $(1) plugin build target/scenarios/guard --out target/scenarios/orders

documentation = RUSTDOC=$(CURDIR)/.ci/rustdoc $(checked) test --quiet --doc --workspace

# Runs a command beside a Kafka broker of its own; the broker ends with it.
with_kafka = target/debug/with-kafka
# The scenes whose promises depend on what Kafka answers, and those that say nothing about the files of
# one broker.
kafka_scenes = streams:: order:: groups:: idempotence:: pubsub:: transactions:: connected:: trim:: layouts:: databus:: \
  partitioners:: drain:: kafka::stored kafka::foreign
core_scenes = $(kafka_scenes) tour:: connection:: clients:: malformed:: tools:: login:: http:: plugins:: limits::

# How many conversations `make parity` plays: about twenty minutes on two processors.
CONVERSATIONS ?= 50000

# The scenes that run compilers, and plugins in every language.
authoring = authoring:: scenarios::one_line

# $(call on_kafka,version,scenes): scenes with the gateway's broker switched to Kafka.
on_kafka = SLUICEGATE_TEST_BROKER=kafka $(with_kafka) --version $(1) -- $(checked) test --workspace --test it -- $(2)

# $(call beside,first,second): runs both at once and shows what the second printed behind the first.
# Fails if either does.
define beside
log=$$(mktemp); ( $(2) ) > "$$log" 2>&1 & second=$$!; ended=0; ( $(1) ) || ended=$$?; wait "$$second" || ended=$$?; \
cat "$$log"; rm "$$log"; test "$$ended" = 0
endef

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
	target/release/sluicegate plugin build plugins/*/ --out target/plugins
	mkdir -p plugins.d data
	exec target/release/sluicegate serve --config config/gateway.toml

.PHONY: test
test: ## run every check and every test, against the real servers
	@total=$$SECONDS
	mkdir -p target
	: > $(SLUICEGATE_SKIPS)
	$(call step,WebAssembly toolchain,.ci/setup build)
	$(call step,format,$(CARGO) fmt --all --check)
	$(call step,lints and build beside the rest of the set-up,$(call beside,$(checked) build --workspace --all-targets,.ci/setup))
	$(call step,licences and versions,$(deny))
	$(call step,plugins beside documentation,$(call beside,$(call plugins,target/debug/sluicegate); $(call pipeline,target/debug/sluicegate),$(documentation)))
	$(call step,conversations,target/debug/sluicegate test --check tests/scenarios)
	# Authors' compilers come after the others: they would starve scenes with many clients.
	$(call step,tests,$(with_kafka) -- $(checked) test --workspace -- $(addprefix --skip ,$(authoring)))
	# The fault suite mostly waits for brokers, authors' compilers never wait.
	$(call step,plugin authoring beside faults,$(call beside,$(checked) test --workspace --test it -- $(authoring),target/debug/faults --faults 8))
	$(call step,core scenes on the newest Kafka,$(call on_kafka,newest,$(core_scenes)))
	$(call step,Kafka scenes on the oldest Kafka,$(call on_kafka,oldest,$(kafka_scenes)))
	printf '\n== all: %d s\n' $$((SECONDS - total))
	printf '%d skipped\n' "$$(wc -l < $(SLUICEGATE_SKIPS))"
	sort $(SLUICEGATE_SKIPS) | uniq -c

.PHONY: soak
soak: ## the long forms: a million messages, a hundred faults, an outage, a thousand reloads of every language; about 40 minutes
	@.ci/setup
	$(CARGO) build --release
	$(call plugins,target/release/sluicegate)
	export SLUICEGATE_BIN=$(CURDIR)/target/release/sluicegate
	$(CARGO) run --release -p sluicegate-tests --bin faults -- --messages 1000000 --faults 100
	$(CARGO) run --release -p sluicegate-tests --bin faults -- outage
	SLUICEGATE_GUEST_RELOADS=1000 $(CARGO) test --workspace --test it -- authoring::languages::reloads

.PHONY: parity
parity: ## compare every answer and format with an older program's: make parity OLD=path/to/older/sluicegate
	@.ci/setup build
	$(CARGO) build --workspace --bin sluicegate --bin parity
	target/debug/sluicegate plugin build plugins/*/ --out target/plugins
	target/debug/parity formats --old $(OLD) --new target/debug/sluicegate
	target/debug/parity --old $(OLD) --new target/debug/sluicegate --conversations $(CONVERSATIONS)

.PHONY: bench
bench: ## measure against a real Redis, Kafka's own clients and, with OLD=path, an older build; about ten minutes
	@.ci/setup
	$(CARGO) build --release
	$(call plugins,target/release/sluicegate)
	# The broker at its best: the tests start it small and with its quick compiler only.
	export _JAVA_OPTIONS='-XX:TieredStopAtLevel=4 -Xmx768m'
	export SLUICEGATE_BIN=$(CURDIR)/target/release/sluicegate $(if $(OLD),SLUICEGATE_OLD=$(OLD))
	$(CARGO) run --release -p sluicegate-tests --bin bench

.PHONY: fmt
fmt: ## format the code
	$(CARGO) fmt --all
