# Everything on a fresh machine with rustup's cargo, Node with npm, and a C compiler.
# Compiled files and tools live in the user's cache folder, so that another clone does not build the world again.
SHELL := /bin/bash
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/prospector
export PROSPECTOR_CACHE := $(CACHE)
export CARGO_TARGET_DIR ?= $(CACHE)/target
export npm_config_cache ?= $(CACHE)/npm

.PHONY: help run dev test build check unit e2e import pictures bulk bench clean

help: ## this list
	@grep -hE '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## /  make \1\t/'

run: build ## build what changed and serve, with a private PostgreSQL and a demo team
	@exec $(CARGO_TARGET_DIR)/release/prospector

build: ## server and front, as they ship
	@scripts/prepare.sh run
	@scripts/front.sh wasm-release
	@echo "Server: compiling"
	@cargo build --release --features ssr --locked

dev: ## build what changed, unoptimised, and serve
	@scripts/prepare.sh run
	@scripts/front.sh dev
	@cargo build --features ssr --locked
	@exec $(CARGO_TARGET_DIR)/debug/prospector

test: ## format, lints, unit and integration tests, pages in a browser
	@scripts/prepare.sh test
	@$(MAKE) --no-print-directory check unit e2e

check: ## format and lints, for both sides
	@echo "Format and lints"
	@cargo fmt --check
	@cargo clippy --features ssr,fake-gemini --all-targets --locked -- -D warnings
	@cargo clippy --lib --target wasm32-unknown-unknown --features hydrate --locked -- -D warnings

unit: ## unit and integration tests, against a private PostgreSQL
	@echo "Unit and integration tests"
	@cargo test --features ssr,fake-gemini --locked

e2e: build ## the pages in headless Chromium
	@cargo build --features ssr,fake-gemini --bin fake-gemini --locked
	@echo "Pages in a browser"
	@cd end2end && npm ci --no-fund --no-audit --loglevel=error && npx playwright test

import: build ## CSV files into a startup: make import startup=SLUG files="A.csv B.csv" [options="--dates day-first"]
	@$(CARGO_TARGET_DIR)/release/prospector import --startup "$(startup)" $(options) $(files)

pictures: e2e ## the pages' pictures for the README, as the browser tests took them
	@mkdir -p docs/pictures && cp end2end/results/pictures/{desktop-light-panel,phone-dark-list}.png docs/pictures/

bulk: build ## a startup of 200,000 accounts, beside a running server or without one
	@$(CARGO_TARGET_DIR)/release/prospector bulk

bench: ## the board and a move among a million deals, beside bare SQL: make bench [options="--deals 100000"]
	@scripts/prepare.sh run
	@cargo bench --features ssr,fake-gemini --locked --bench pipeline -- $(options)
	@cargo bench --features ssr,fake-gemini --locked --bench queue

clean: ## remove this clone's built files; the shared cache stays
	rm -rf target end2end/node_modules end2end/results
