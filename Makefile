PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test prove check fix demo drill audit bench assets clean environment tools everything

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 9

run: assets ## start the platform: http://127.0.0.1:8000 (SMALL=1: one process, PORT=…, HOST=…)
	@exec $(PYTHON) -m deploy.run

test: everything ## all tests, on a database cluster of their own
	@exec $(PYTHON) -m pytest -n 2 --dist loadscope -m "not prove" $(ARGS)

prove: everything ## the long proofs that the tests sample: fuzzing, random kills, restore
	@exec $(PYTHON) -m pytest -m prove $(ARGS)

check: tools ## formatting, lint, types, import contracts, migrations
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@$(PYTHON) -m deploy.check_migrations

fix: tools ## repair what tools can repair, and write the generated documentation anew
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m deploy.docs

demo: assets ## the story, told through the public API of a running platform
	@exec $(PYTHON) -m deploy.demo.story

drill: environment ## back up the running platform, restore it elsewhere, check that it is whole
	@exec $(PYTHON) -m deploy.drill $(ARGS)

audit: tools ## known vulnerabilities of what we run on; what cannot be asked is not green
	@exec $(PYTHON) -m deploy.audit

bench: everything ## every benchmark, each with its goal beside it
	@for bench in bench/at_rest.py bench/p[0-9]*.py; do $(PYTHON) -m bench.$$(basename $$bench .py) || exit 1; done

assets: environment ## the pages' third-party files, as locked in frontend/package-lock.json
	@deploy/assets.sh run

clean: ## remove what was made here; the data of the local run in .local stay
	@rm -rf frontend/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis htmlcov .coverage
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

environment:
	@deploy/environment.sh

tools:
	@deploy/environment.sh all

everything: tools
	@deploy/assets.sh all
