# make run: the whole pipeline on the bundled demo world, offline.   make test: the tests.
# Both set up what they need: a virtual environment in .venv, from the lock file.

PYTHON ?= python3
UV := .venv/bin/uv
RUN := $(UV) run --frozen --no-sync

.PHONY: run test check dev clean

run: .venv/.ready
	$(RUN) iop run --profile demo || [ $$? -eq 3 ]  # 3: some sites of the demo are down, as in life

test: .venv/.ready
	$(RUN) pytest -n auto --dist worksteal

check: .venv/.ready
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) deptry pipeline sources warehouse
	$(RUN) mypy

dev: .venv/.ready
	DAGSTER_HOME=$(CURDIR) $(RUN) dg dev

.venv/.ready: pyproject.toml uv.lock
	test -x $(UV) || ($(PYTHON) -m venv .venv && .venv/bin/pip install --quiet --disable-pip-version-check "uv>=0.8,<1")
	$(UV) sync --frozen --quiet --python .venv/bin/python --inexact --compile-bytecode
	@touch $@

clean:
	rm -rf .venv data .dagster/storage .dagster/artifacts .dagster/logs .logs_queue logs
