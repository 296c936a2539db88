# Dygnet. `make` alone lists what can be done.
#
# On a fresh machine with Go, Node.js and make, two commands do all set-up:
#   make demo    fetch, build, fill and start the demo town on http://localhost:8080
#   make test    install what the tests need, then run them all

SHELL := /bin/bash
.DEFAULT_GOAL := help

PACK      ?= packs/fagersta
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS   := -s -w -X main.version=$(VERSION)
FUZZTIME  ?= 10s
BASE      ?= http://127.0.0.1:8080

# What scripts/assets reads, and the last thing it writes.
ASSET_INPUTS := package.json package-lock.json scripts/assets \
                $(shell find internal/kernel/ui/assets/src -type f 2>/dev/null) \
                $(if $(wildcard node_modules/.package-lock.json),,fetch)
ASSETS       := internal/kernel/ui/assets/dist/manifest.json

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: tools
tools:
	@for t in go node npm; do command -v $$t >/dev/null || { echo "make: '$$t' is not installed; Dygnet is built with Go (see go.mod) and Node.js 20 or newer" >&2; exit 1; }; done

.PHONY: assets
assets: tools $(ASSETS) ## Fetch and bundle styles and scripts, if something changed
$(ASSETS): $(ASSET_INPUTS)
	scripts/assets
.PHONY: fetch

.PHONY: generate
generate: tools ## Generate Go from the templ files
	@for d in $$(find internal -name '*.templ' -printf '%h\n' | sort -u); do go tool templ generate -log-level warn -path $$d || exit 1; done

.PHONY: build
build: assets generate ## Build bin/dygnet, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/dygnet ./cmd/dygnet

.PHONY: demo
demo: build ## Fill and start the demo town on http://localhost:8080 and print the sign-ins
	bin/dygnet demo --pack $(PACK)

.PHONY: test
test: assets generate ## Install what the tests need and run every test
	scripts/test-setup || true
	scripts/test unit browser fault

.PHONY: test-unit
test-unit: assets generate ## Run unit and integration tests, on SQLite and on PostgreSQL
	scripts/test unit

.PHONY: test-browser
test-browser: assets generate ## Run browser and accessibility tests in Chromium
	scripts/test browser

.PHONY: test-fault
test-fault: build ## Run the fault tests: kill -9, full disk, slow connections, lost database
	scripts/test fault

.PHONY: traceability
traceability: assets generate ## Print sentence, test and result; fail if a sentence of the strategy has no test that passes
	@go run ./test/traceability

.PHONY: lint
lint: assets generate ## Check floors, style and known weaknesses
	scripts/lint

.PHONY: bench
bench: assets generate ## Measure the program beside the machine's raw limits; writes docs/benchmarks.md
	go run ./test/bench

.PHONY: fuzz
fuzz: assets generate ## Fuzz every parser for FUZZTIME (10s) each
	scripts/fuzz $(FUZZTIME)

.PHONY: webcheck
webcheck: assets ## Crawl a running server (BASE=…) and report accessibility and HTML faults
	DYGNET_WEBCHECK_BASE=$(BASE) go test ./test/browser -run '^TestRunningServer$$' -count=1 -v -timeout 20m

.PHONY: clean
clean: ## Remove what was built and fetched; databases and packs are left alone
	-scripts/postgres stop
	rm -rf bin .cache node_modules
