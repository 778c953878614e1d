# For GNU make 3.81 (macOS) and later. Settings come from the environment: README.md lists them.
PYTHON = .venv/bin/python
INSTALL = $(PYTHON) -m pip install -qq --disable-pip-version-check --no-deps --requirement

help: ## tell what there is to make
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

run: .venv/installed ## serve the site with its demo stories on 127.0.0.1:8000
	@exec $(PYTHON) manage.py serve --demo

test: .venv/installed-dev ## run the whole suite: SQLite, PostgreSQL and a browser where they are found
	@$(PYTHON) .ci/test.py

e2e: .venv/installed-dev ## run the browser's journeys alone
	@$(PYTHON) .ci/test.py chromium chromium-postgres

check: .venv/installed-dev ## check format, lint, types, migrations, settings, fixtures
	@.ci/check

bench: .venv/installed ## measure the site at several sizes: make bench [EDITIONS="10000 100000"] [SQLITE=1]
	@$(PYTHON) -m bench.scale $(or $(EDITIONS),10000 1000000) --write $(if $(SQLITE),--sqlite)

messages: .venv/installed ## renew the English catalogue from code and templates (needs gettext)
	@$(PYTHON) manage.py makemessages --locale en --add-location file --no-wrap --no-obsolete
	@$(PYTHON) manage.py compilemessages --ignore .venv --verbosity 0

backup: .venv/installed ## save database and media: make backup FILE=newsroom.tar.gz
	@$(PYTHON) manage.py backup "$(FILE)"

restore: .venv/installed ## load them again: make restore FILE=newsroom.tar.gz [REPLACE=1]
	@$(PYTHON) manage.py restore "$(FILE)" $(if $(REPLACE),--replace)

lock: .venv/installed-dev ## lock the newest packages that pyproject.toml allows
	@.ci/lock

.venv/installed: requirements.txt | .venv/bin/pip
	@echo "Installing $<"; $(INSTALL) $< && touch $@

.venv/installed-dev: requirements-dev.txt | .venv/bin/pip
	@echo "Installing $<"; $(INSTALL) $< && touch $@

.venv/bin/pip:
	@for python in python3.14 python3.13 python3.12 python3.11 python3; do \
	    $$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    rm -rf .venv; exec $$python -m venv .venv; done; \
	echo "Newsroom needs Python 3.11 or later: apt install python3-venv (Debian) or brew install python (macOS)." >&2; exit 1

.PHONY: help run test e2e check bench messages backup restore lock
