CARGO ?= cargo

.DEFAULT_GOAL := help
.PHONY: help demo test firefox webkit grid lint bench layout scheduler elsewhere

help: ## This list
	@sed -n 's/^\([a-z]*\): ## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

# What is installed is waited for by the network, what is built by the processor.
demo: ## Build desirepath and walk the bundled shop: no arguments, nothing to configure
	@$(CARGO) build --release --locked & build=$$!; \
		.ci/browser.sh || { kill $$build; wait $$build; exit 1; }; wait $$build
	./target/release/desirepath demo

test: ## Every test: units, properties, snapshots, and a real browser
	@.ci/browser.sh
	$(CARGO) test --locked
	@# A benchmark that nobody runs stops working: its endpoint answers as the library in the page does.
	$(CARGO) test --locked --bench scheduler -- 4

firefox: ## The browser tests in Firefox; needs firefox-esr and geckodriver
	DESIREPATH_TEST_BROWSER=firefox $(CARGO) test --locked --test it browser:: -- --test-threads=2

webkit: ## The browser tests in WebKit, but those of what needs BiDi; needs webkit2gtk-driver and xvfb
	DESIREPATH_TEST_BROWSER=webkit $(CARGO) test --locked --test it -- --test-threads=2 \
		browser::acts browser::locators browser::looks browser::sessions

grid: ## Sweeps at a real Selenium Grid on this machine; needs Node, Java 17 and both browsers
	$(CARGO) build --locked
	npm --prefix tests/grid install --no-audit --no-fund
	node tests/grid/check.mjs

lint: ## Formatting, clippy and the documentation, each without a warning
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps

bench: ## The same journey in desirepath and in Playwright, side by side; needs Node
	@.ci/browser.sh
	$(CARGO) build --release --locked
	npm --prefix benches/playwright ci
	node benches/playwright/bench.mjs

layout: ## Users at once in desirepath and in Playwright: walks a minute and memory; needs Node, Python 3
	@.ci/browser.sh
	$(CARGO) build --release --locked
	npm --prefix benches/playwright ci
	python3 benches/layout/bench.py

scheduler: ## desirepath alone with up to 5,000 users at once, against an endpoint without browsers
	$(CARGO) bench --locked --bench scheduler

elsewhere: ## The shop's journeys, converted, in Playwright and Puppeteer; needs Node
	@.ci/browser.sh
	$(CARGO) build --locked
	npm --prefix tests/elsewhere install --no-audit --no-fund
	node tests/elsewhere/check.mjs
