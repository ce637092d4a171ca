CARGO ?= cargo

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench elsewhere

help: ## This list
	@sed -n 's/^\([a-z]*\): ## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

demo: ## Build desirepath and walk the bundled shop: no arguments, nothing to configure
	@.ci/browser.sh
	$(CARGO) build --release --locked
	./target/release/desirepath demo

test: ## Every test: units, properties, snapshots, and a real browser
	@.ci/browser.sh
	$(CARGO) test --locked

lint: ## Formatting, clippy and the documentation, each without a warning
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps

bench: ## The same journey in desirepath and in Playwright, side by side; needs Node
	@.ci/browser.sh
	$(CARGO) build --release --locked
	npm --prefix benches/playwright ci
	node benches/playwright/bench.mjs

elsewhere: ## The shop's journeys, converted, in Playwright and Puppeteer; needs Node
	@.ci/browser.sh
	$(CARGO) build --locked
	npm --prefix tests/elsewhere install --no-audit --no-fund
	node tests/elsewhere/check.mjs
