# The README's two commands are `make demo` and `make test`. Needs Python 3.11+, make, a C compiler.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
JOBS ?= 2
# Modules are compiled once, and not anew by every program that tests and documents start.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: workload-image workload-lock demo demo-history demo-sealed screenshots test check validate release-report docs docs-site sbom lock casebook population clean

$(VENV)/core: requirements/core.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements/core.txt
	$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/demo: $(VENV)/core requirements/demo.txt
	$(PIP) install --require-hashes -r requirements/demo.txt
	@touch $@

$(VENV)/dev: $(VENV)/core requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/site: $(VENV)/dev requirements/site.txt
	$(PIP) install --require-hashes -r requirements/site.txt
	@touch $@

$(VENV)/validate: $(VENV)/dev requirements/validate.txt
	$(PIP) install torch==2.13.0 'transformers>=5,<6' 'ray>=2.50,<3'
	$(PIP) install --no-deps --require-hashes -r requirements/validate.txt
	@touch $@

# Only its 193 labelled refusals are read; nothing of it is installed.
$(VENV)/pyrit/pyrit: $(VENV)/core requirements/pyrit.txt
	$(PIP) download --no-deps --require-hashes -r requirements/pyrit.txt -d $(VENV)/pyrit
	$(BIN)/python -m zipfile -e $(VENV)/pyrit/pyrit-*.whl $(VENV)/pyrit
	@touch $@

demo: $(VENV)/demo ## a case of two parties from its opening to its reports, and where they are
	$(BIN)/python tools/demo.py

demo-sealed: $(VENV)/core ## three parties compare secret models: a copy, a stranger, two cheats
	$(BIN)/python tools/demo_sealed.py

demo-history: $(VENV)/demo ## two training histories: an honest one supports independence, a forged one does not
	PYTHONPATH=tools $(BIN)/python tools/demo_history.py

screenshots: $(VENV)/dev ## pictures of the demo's case and of every kind of page, in screenshots/; needs Chromium
	PYTHONPATH=tools FILIATION_HOME=demo/home $(BIN)/python tools/docs/screenshots.py demo/case screenshots/demo
	PICTURES=screenshots/kinds $(BIN)/python -m pytest -q tests/web/test_widths.py

test: $(VENV)/dev ## every test that needs nothing but this checkout
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not validate"

check: $(VENV)/site docs-site ## style, types, walls between the rooms, freshness of the documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/docs/man.py --check
	$(BIN)/python tools/docs/refresh.py --check --jobs $(JOBS)

validate: $(VENV)/validate $(VENV)/pyrit/pyrit ## what takes minutes, an extra, real models or ../shared
	PYTHONPATH=tools $(BIN)/python -m casebook.build --family population --subset quick \
	  --jobs $(JOBS) --threads 1
	ANEW=1 PYRIT=$(VENV)/pyrit $(BIN)/python -m pytest -m validate
	ANEW=1 TRIALS=whole $(BIN)/python -m pytest -n $(JOBS) tests/size
	ANEW=1 $(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not validate" \
	  tests/api tests/cli tests/contract tests/examining tests/populations
	$(BIN)/filiation validate --suite casebook --jobs $(JOBS) --out validation
	$(BIN)/python tools/docs/refresh.py --check --slow

IMAGE ?= .workload-image
workload-image: $(VENV)/core ## the image of `filiation workload` in IMAGE, and its digest; needs apt-get, dpkg-deb, buildah
	PYTHONPATH=tools $(BIN)/python -m workload_image $(IMAGE)

workload-lock: $(VENV)/core ## lock the image's packages anew, as this Debian's lists have them
	PYTHONPATH=tools $(BIN)/python -m workload_image --lock

SUITE ?= casebook
REPORT ?= .release-report
release-report: $(VENV)/dev ## the study of SUITE (at most MOST unrelated pairs), published in docs/
	$(BIN)/filiation validate --suite $(SUITE) --jobs $(JOBS) $(if $(MOST),--most $(MOST)) \
	  --out $(REPORT)
	$(BIN)/python tools/validation/publish.py $(REPORT)
	$(BIN)/python tools/docs/refresh.py

docs: $(VENV)/dev ## run every command that the documents quote and write what it prints
	$(BIN)/python tools/docs/man.py
	$(BIN)/python tools/docs/refresh.py --jobs $(JOBS)

SITE := .site
docs-site: $(VENV)/site ## the documentation site in .site/html; a warning is an error, nothing is fetched
	$(BIN)/python -m sphinx -q -W --keep-going -n -b html -d $(SITE)/pages docs $(SITE)/html
	$(BIN)/python tools/docs/offline.py $(SITE)/html

SBOM ?= sbom.cdx.json
sbom: $(VENV)/core ## what filiation is made of (CycloneDX), from the locked requirements, in SBOM
	$(BIN)/python tools/product_bill.py $(SBOM)

lock: ## resolve the dependencies again
	$(PIP) install uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header pyproject.toml -o requirements/core.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header pyproject.toml --extra code --extra documents --extra pdf \
	  -c requirements/core.txt -o requirements/demo.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header pyproject.toml --group dev \
	  -c requirements/core.txt -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --group site \
	  -c requirements/dev.txt -o requirements/site.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header pyproject.toml \
	  --extra code --extra documents --extra pdf --extra web \
	  -c requirements/demo.txt -c requirements/dev.txt -o requirements/image.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header requirements/build.in \
	  -c requirements/dev.txt -o requirements/build.txt
	$(BIN)/uv pip compile -q --no-deps --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate requirements/validate.in \
	  -o requirements/validate.txt

casebook: $(VENV)/dev ## train the casebook's models again (about forty minutes)
	$(PIP) install --editable '.[casebook]'
	PYTHONPATH=tools $(BIN)/python -m casebook.build --out examples/casebook

population: $(VENV)/dev ## train the population into the user's cache (41 minutes on two busy cores); SUBSET=quick, OUT=folder
	$(PIP) install --editable '.[casebook]'
	PYTHONPATH=tools $(BIN)/python -m casebook.build --family population --jobs $(JOBS) --threads 1 \
	  $(if $(SUBSET),--subset $(SUBSET)) $(if $(OUT),--out $(OUT))

clean:
	rm -rf $(VENV) $(SITE) $(IMAGE) demo demo-history demo-sealed .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
