# drydock's everyday commands. `make help` lists them.
#
# What a command prints is its own output alone: progress of the build and of the set-up goes to stderr.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

BIN := .build/release

# The line is handed on as it was typed: without value() make would expand the $(...) in it, and the shell's $ signs with it.
export DRYDOCK_LINE := $(value CMD)
unexport CMD

.PHONY: help run deps build hub test test-v2 test-full test-truth test-crash test-rollback test-by-hand script-tests lint format bench clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

# GNU make ends with 2 whatever its recipe ended with. This object gives it one function, $(make-exit N), that ends it with N.
ifneq ($(filter run,$(MAKECMDGOALS)),)
-load .build/make-exit.so(make_exit_gmk_setup)
.build/make-exit.so: Scripts/make-exit.c
	@mkdir -p .build && { cc -shared -fPIC -O1 -o $@ $< || clang -shared -fPIC -O1 -o $@ $<; } >&2
endif

run: session ## everything that is missing, then drydock's shell; CMD='docker run …': one line, and its exit code
	@$(make-exit $(file < .build/session.code))exit "$$(< .build/session.code)"

# `set -m` gives the shell a process group of its own, so that its Ctrl-C does not end make as well.
.PHONY: session
session: ready
	@code=0; set -m; $(BIN)/drydock $(if $(DRYDOCK_LINE),shell -c "$$DRYDOCK_LINE") || code=$$?; echo $$code > .build/session.code

.PHONY: ready
ready:
	@Scripts/deps.sh run
	@Scripts/build.sh
	@$(BIN)/drydock hub fill >/dev/null

deps: ## install the missing system packages (apt)
	@Scripts/deps.sh build

build: ## release build: .build/release/drydock, drydock-engine, drydock-shim
	@Scripts/build.sh

test: ## unit, engine and script tests
	@Scripts/deps.sh test
	@Scripts/build.sh
	@swift build --build-tests --no-color-diagnostics >&2
	@DRYDOCK_REGISTRY=lab DRYDOCK_BIN="$(CURDIR)/$(BIN)" Scripts/swift-tests.sh
	@$(MAKE) script-tests

test-v2: ## drydock on a machine with cgroup v2 alone (qemu; fetches Debian's kernel package)
	@Scripts/deps.sh test
	@Scripts/build.sh
	@Tests/CgroupV2/run.sh

test-truth: ## every verb against strace: is what is narrated what the kernel was asked?
	@Scripts/deps.sh test
	@Scripts/build.sh
	@DRYDOCK_REGISTRY=lab DRYDOCK_BIN="$(CURDIR)/$(BIN)" Tests/Scripts/truth.sh

test-crash: ## engine and shim killed at every call of every operation, and is what lasts synced? (an hour)
	@Scripts/deps.sh test
	@Scripts/build.sh
	@DRYDOCK_BIN="$(CURDIR)/$(BIN)" Tests/Crash/crash.py --order
	@DRYDOCK_BIN="$(CURDIR)/$(BIN)" Tests/Crash/crash.py --shim
	@DRYDOCK_BIN="$(CURDIR)/$(BIN)" Tests/Crash/crash.py

test-rollback: ## every call failing by itself, and every stop aborted at: is all as it was before? (an hour)
	@Scripts/deps.sh test
	@Scripts/build.sh
	@DRYDOCK_BIN="$(CURDIR)/$(BIN)" Tests/Crash/crash.py --faults
	@DRYDOCK_BIN="$(CURDIR)/$(BIN)" Tests/Crash/crash.py --aborts

test-by-hand: ## do the scripts of `drydock by-hand` make what drydock makes?
	@Scripts/deps.sh test
	@Scripts/build.sh
	@DRYDOCK_BIN="$(CURDIR)/$(BIN)" Tests/Scripts/by-hand.sh

test-full: ## the notes' Dockerfiles with real packages (fetches Debian 12 and apache and Go from the package mirror, some minutes)
	@Scripts/deps.sh test-full
	@Scripts/build.sh
	@Tests/Full/run.sh

script-tests: ## only the tests of the scripts (wants a build)
	@Scripts/truth-check.py --self-test
	@Scripts/leak-check.sh --self-test
	@shopt -s nullglob; for test in Tests/Scripts/*.sh; do echo "$$test" >&2; DRYDOCK_REGISTRY=lab DRYDOCK_BIN="$(CURDIR)/$(BIN)" "$$test"; done

lint: ## formatting and style, strict
	@swift format lint --strict --parallel --recursive --configuration .swift-format Package.swift Sources Tests

format: ## format everything in place
	@swift format --in-place --parallel --recursive --configuration .swift-format Package.swift Sources Tests

bench: ## compare with the floor and with the engines that are installed
	@Scripts/deps.sh run
	@Scripts/build.sh
	@DRYDOCK_REGISTRY=lab Benchmarks/run.sh

clean: ## remove what was built (containers and images stay: see `drydock doctor`)
	@rm -rf .build
