# The handful of commands a person types. `make` alone lists them.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	>/dev/null 2>&1 && { echo "$$p"; break; }; done)
BIN := .venv/bin
READY := .venv/.ready
OUTPUT ?= output
SEEDS ?=
CONTACT ?=
ARGS ?=

.PHONY: help crawl test test-services lint types bench quality train torture clean

help:
	@echo "make crawl                          crawl the sample newspaper into $(OUTPUT)/"
	@echo "make crawl SEEDS=https://… CONTACT=you@example.org"
	@echo "                                    crawl a site (ARGS= takes scrapy options)"
	@echo "make test                           all tests that need no service (ARGS= for pytest)"
	@echo "make test-services                  tests against real sites, brought up here (root, Debian)"
	@echo "make lint types                     ruff; mypy --strict"
	@echo "make bench                          measure what docs/benchmarks.md shows"
	@echo "make quality                        how exact and fast reading is, beside Trafilatura (ARGS='--worst 10')"
	@echo "make train                          grow the judge of archiver/extract anew from ../shared/corpora"
	@echo "make torture N=50                   kill -9 a crawl N times and look for what was lost"

$(READY): pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11, 3.12 or 3.13 is needed: install it, or name it with PYTHON=…" >&2; exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			(apt-get install -y -q python3-venv || (apt-get update -q && apt-get install -y -q python3-venv)) >/dev/null; \
		else echo "$(PYTHON) cannot make virtual environments: install python3-venv" >&2; exit 1; fi; fi
	@echo "preparing .venv with $(PYTHON) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -e '.[dev]'
	@touch $@

crawl: $(READY)
ifeq ($(strip $(SEEDS)),)
	@$(BIN)/python -m tests.newspaper.crawl --output '$(OUTPUT)' $(ARGS)
else
	@$(BIN)/scrapy crawl news -a seeds='$(SEEDS)' -s OUTPUT_DIR='$(OUTPUT)' \
		$(if $(strip $(CONTACT)),-s CONTACT='$(CONTACT)') $(ARGS); code=$$?; \
	if [ $$code -ne 2 ] && [ $$code -ne 6 ]; then $(BIN)/archiver report --rows --output '$(OUTPUT)'; fi; exit $$code
endif

test: $(READY)
	@$(BIN)/pytest -q -m "not service" $(ARGS)

test-services: $(READY)
	@$(BIN)/pytest -q -m service $(ARGS)

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/mypy

bench: $(READY)
	@$(BIN)/python -m bench $(ARGS)

quality: $(READY)
	@$(BIN)/python -m bench.quality $(ARGS)

train: $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -e '.[train]'
	@$(BIN)/python -m training $(ARGS)

torture: $(READY)
	@$(BIN)/python -m bench.torture --kills $(or $(N),50) $(ARGS)

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
