# Holdfast on one machine. `make up` is all there is to know at first.

PYTHON ?= python3
WORKERS ?= auto
LOCAL := PYTHONPATH=deploy $(PYTHON) -m
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help up down reset status demo reconcile test explore prove-upgrade prove-servers mutants mutate chaos prove-failover check-history fuzz lint format bench bench-compare docs types screenshots web outside release wheels lock environment servers python

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

up: python ## start everything on this machine and show its logs; Ctrl-C stops it
	@$(LOCAL) local.up

down: python ## stop what `make up` started, from another terminal
	@$(LOCAL) local.control down

reset: python ## stop it and forget all its data
	@$(LOCAL) local.control reset

status: python ## ask every service whether it is ready
	@$(LOCAL) local.control status

demo: environment ## run one booking step by step on the terminal, with its real messages (needs `make up`)
	@PYTHONPATH=deploy $(BIN)/python -m demo.walkthrough

reconcile: environment ## compare sessions with holds and records and mend what differs (ARGS=--look only lists; needs `make up`)
	@PYTHONPATH=deploy $(BIN)/python -m demo.reconcile $(ARGS)

# Bytecode is kept, whatever the environment states: the tests start services some fifty times.
test: servers environment web outside ## run all tests on private servers of their own
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n $(WORKERS) $(ARGS)

explore: servers environment ## run the property tests with new random examples, many more than `make test` (ARGS=a path limits it; N=20000: so many histories of a clinic)
	$(if $(N),HOLDFAST_HISTORIES=$(N) )$(BIN)/pytest -n $(WORKERS) --hypothesis-profile=explore -m hypothesis -o faulthandler_timeout=7200 $(if $(N),tests/histories) $(ARGS)

prove-upgrade: servers environment ## run the release before beside this one and roll back; then the same under load, process by process in random order (SEED=7)
	$(BIN)/pytest -n 0 -o faulthandler_timeout=900 tests/upgrade/previous_release.py $(ARGS)
	PYTHONPATH=deploy:tests $(BIN)/python -m upgrade $(if $(SEED),--seed=$(SEED))

prove-servers: environment outside ## run what depends on the servers with other versions of them, from Debian's packages (PG=15, 17 or 18; RABBITMQ=3.10, 4.0 or 4.3)
	PYTHONPATH=deploy:tests $(BIN)/python -m versions $(if $(PG),--pg=$(PG)) $(if $(RABBITMQ),--rabbitmq=$(RABBITMQ)) --workers=$(WORKERS) $(ARGS)

lint: environment ## check style, types, layers, dependencies, migrations, Dockerfiles and the web front: one result for each package
	@deploy/lint.sh

format: environment ## bring the code into its form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	@$(LOCAL) local.web format

mutants: servers environment ## put known errors into copies of the code, one at a time, and look whether the tests find them (ARGS=WORD: only those)
	PYTHONPATH=deploy:tests $(BIN)/python -m mutants $(ARGS)

mutate: environment ## change the modules that only calculate, one place at a time, and count what their tests do not notice (ARGS="--show money windows")
	PYTHONPATH=deploy:tests $(BIN)/python -m mutants.pure $(ARGS)

chaos: servers environment ## let faults happen to a platform of its own under load, and judge what everybody was answered (SEED=7 MINUTES=10, ARGS=--history=FILE)
	PYTHONPATH=deploy:tests $(BIN)/python -m chaos $(if $(SEED),--seed=$(SEED)) $(if $(MINUTES),--minutes=$(MINUTES)) $(ARGS)

prove-failover: servers environment ## let nodes of a replicated PostgreSQL and RabbitMQ fail under load, and judge (SEED=7 MINUTES=20, ARGS=--asynchronous: count what is lost; Linux)
	@$(LOCAL) local.install patroni python3-etcd etcd-server haproxy
	PYTHONPATH=deploy:tests $(BIN)/python -m failover $(if $(SEED),--seed=$(SEED)) $(if $(MINUTES),--minutes=$(MINUTES)) $(ARGS)

check-history: ## judge a history that `make chaos` wrote, with Python's own library alone (ARGS=FILE, also one that is compressed)
	tools/check_history $(ARGS)

fuzz: servers environment ## send a platform of its own what its OpenAPI documents allow and what they forbid, and judge the answers (ARGS="--seed=7 --minutes=8 rooms")
	PYTHONPATH=deploy:tests $(BIN)/python -m fuzz $(ARGS)

bench: servers environment ## measure bookings beside two usual designs, what follows them, series, one and several processes, pricing and reports as ratios of one run (ARGS=money, ARGS=steps for these alone, ARGS=reads for every list and read by size, ARGS=fanout, replay, start, memory, drain, scaling or exports for what each of these takes)
	PYTHONPATH=deploy:tests $(BIN)/python -m bench $(ARGS)

bench-compare: environment ## compare the ratios that two runs of `make bench` wrote, and fail where one fell by a fifth (ARGS="BEFORE AFTER")
	PYTHONPATH=deploy:tests $(BIN)/python -m bench.compare $(ARGS)

docs: environment ## write the generated documents anew
	$(BIN)/python docs/message_documents.py
	$(BIN)/python services/scheduling/docs/booking_saga.py
	$(BIN)/python docs/structure.py
	$(BIN)/python docs/access_page.py

types: environment ## write the services' OpenAPI descriptions and the web front's types of them anew
	@PYTHONPATH=deploy $(BIN)/python -m front.api_types

screenshots: environment ## photograph every page into docs/screenshots (needs `make up`)
	@PYTHONPATH=deploy $(BIN)/python -m front.screenshots

web: environment ## build the web front's pages into web/dist
	@$(LOCAL) local.web build

outside: environment ## install what judges the messages from outside: a subscriber of another system, and the parser of AsyncAPI
	@$(LOCAL) local.web outside

release: environment ## keep what messages and HTTP interfaces are now as what the next changes are compared with (ARGS=rooms of one service)
	@PYTHONPATH=deploy $(BIN)/python -m compatibility.released $(ARGS)

wheels: environment ## build the wheels of the shared packages into dist/
	@for package in contracts servers chassis testing; do \
		$(BIN)/uv build --quiet --wheel --offline --no-build-isolation --out-dir dist shared/$$package || exit 1; done

lock: environment ## pin anew what is installed, after a pyproject.toml has changed (ARGS=--upgrade for the newest)
	deploy/lock.sh $(ARGS)

environment: python
	@$(LOCAL) local.environment

servers: python
	@$(LOCAL) local.install postgresql rabbitmq-server caddy chromium-headless-shell libfaketime

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make up PYTHON=python3.13" >&2; exit 1; }
