# `make run`, `make cluster` and `make test` each set up all they need.
# Images of containers set this; then each of the thousand processes that the tests start would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE
# A deadline that a busy machine missed is tried once more, and the last lines name it; a wrong answer is wrong at once.
ONCE_MORE := --reruns 1 --only-rerun 'Late:|TimeoutError|Call log:'
UV := $(shell command -v uv || echo .uv/bin/uv)

run: $(UV) ## the demo: real Celery workers, watched in a browser
	$(UV) run --quiet meadow demo

cluster: $(UV) ## the whole distributed system on this machine: servers, two of each service, two Celery clusters
	deploy/install-services.sh
	$(UV) run --quiet python -m tests.servers.field

test: $(UV) ## the tests but those of `make check`, on real brokers, the real engine and a real browser
	deploy/install-services.sh
	deploy/install-checkers.sh
	$(UV) run pytest -rsR -m "not slow" -n 4 --no-loadscope-reorder --ignore tests/house $(ONCE_MORE)

proofs: $(UV) ## what `make test` leaves out, for it takes minutes: a long outage of Kafka, two shards, more looks, ten thousand examples
	deploy/install-services.sh
	$(UV) run pytest -m slow
	MEADOW_TEST_FOLD_EXAMPLES=10000 MEADOW_TEST_WRITER_EXAMPLES=10000 \
		$(UV) run pytest -m hypothesis --hypothesis-profile others --timeout 1800

check: $(UV) ## format, lint, types, layers, house rules
	$(UV) run ruff format --check .
	$(UV) run ruff check .
	$(UV) run mypy
	$(UV) run lint-imports
	$(UV) run pytest -q tests/house
	cd web/ui && npm ci --silent --ignore-scripts && npm run --silent check && npm run --silent test

chaos: $(UV) ## five minutes of load while every process and server is killed in turn; SEED=2 is another order, RATE=500 a gentler load
	deploy/install-services.sh
	$(UV) run python -m tests.promises.chaos_run --seed $(or $(SEED),1) --rate $(or $(RATE),2000)

bench: $(UV) ## events a second of each stage, beside Flower's own state, in one run
	deploy/install-services.sh
	$(UV) run --group bench python -m tests.bench

pictures: $(UV) ## every page in both themes, wide and narrow, to .pictures; the few that the documents show to docs/pictures
	deploy/install-services.sh
	$(UV) run python -m tests.web.pictures

.uv/bin/uv:
	python3 -m venv .uv && .uv/bin/pip install -q uv

.PHONY: run cluster test proofs check bench chaos pictures
