# Two commands matter: `make book` and `make test`. The rest is for those who write.
PYTHON ?= python3
PY := .venv/bin/python
INSTALLED := .venv/.installed
DATA := _build/data.verified
LOCK := requirements.lock

export CATALOGKIT_HOME ?= $(CURDIR)/_build/cache
export HF_HUB_OFFLINE ?= 1
# One thread a process, two processes: more threads than cores cost tenfold.
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export OMP_WAIT_POLICY := passive
export TOKENIZERS_PARALLELISM := false

.PHONY: help book test check chapter assignments graders format publish bench release newest serve clean
.DELETE_ON_ERROR:

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

book: $(INSTALLED) $(DATA)  ## execute what changed and build the site
	@$(PY) -m book.tools.assignments >/dev/null
	@$(PY) -m book.tools.execute; executed=$$?; $(PY) -m book.tools.build_site && exit $$executed

test: check book  ## everything CI checks, on the executed book
	@$(PY) -m pytest tests/book -m "book or browser" -n 2 --dist worksteal

check: $(INSTALLED) $(DATA)  ## lint, types, unit tests
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/mypy --num-workers 2
	@.venv/bin/lint-imports --no-cache
	@.venv/bin/codespell
	@$(PY) -m pytest -m "not book and not browser" -n 2

chapter: $(INSTALLED) $(DATA)  ## NAME=taxonomy/03_text [PROFILE=gpu]: execute one chapter and build
	@$(PY) -m book.tools.execute --only $(NAME) --profile $(or $(PROFILE),laptop)
	@$(PY) -m book.tools.build_site --partial

assignments: $(INSTALLED)  ## student files, solutions and autograders, into _build/assignments
	@$(PY) -m book.tools.assignments

graders: $(INSTALLED)  ## test the graders and write the table that instructors see
	@$(PY) -m book.tools.assignments test

format: $(INSTALLED)  ## put code and notebooks into the house's form
	@.venv/bin/ruff check --fix . ; .venv/bin/ruff format .
	@$(PY) -m book.tools.format_notebooks

publish: book  ## commit to the measured results: copy the cards to book/results
	@$(PY) -m book.tools.publish

bench: $(INSTALLED) $(DATA)  ## measure speed side by side and write book/results/bench.json
	@$(PY) -m book.tools.bench

release: book  ## wheel, site archive and their checksums, into _build/release
	@$(PY) -m book.tools.release

newest:  ## `make test` with the newest versions, in a clone of its own: it installs into .venv
	@$(MAKE) --no-print-directory test LOCK=pyproject.toml

serve: book  ## read the site on a local address
	@$(PY) -m http.server --bind 127.0.0.1 --directory _build/html 8000

clean:  ## forget everything generated, but not the environment
	@rm -rf _build

# The lock has a few gigabytes: the stamp comes last, so an interrupted install starts over.
$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
ifeq ($(LOCK),requirements.lock)
	$(PY) -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
else
	$(PY) -m pip install --quiet --disable-pip-version-check --upgrade --editable '.[test]' hatchling editables
endif
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(DATA): $(INSTALLED)
	@mkdir -p $(@D)
	@$(PY) -m catalogkit.cli data fetch && touch $@ \
	    || echo "what is missing stops only the chapters that need it; they are named below" >&2
