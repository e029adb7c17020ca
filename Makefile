# The commands people type. `make help` lists them. CMake does the building; see docs/building.md.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BUILD ?= build
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
RUNS ?= runs
ONLY ?=
COUNT ?= 10000
EXECUTIONS ?= 1000000
FIRST ?= 1
CMAKE_ARGS ?=
tivit_run := $(BUILD)/bin/tivit-run

.PHONY: help setup program build train test bench lint format stress faults asan tsan fuzz install clean

help: ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  (variables: BUILD=$(BUILD) JOBS=$(JOBS) PREFIX=$(PREFIX) RUNS=$(RUNS) CMAKE_ARGS=\"$(CMAKE_ARGS)\" TIVIT_TORCH TIVIT_TBB)"

setup: ## install what is missing: Debian packages, LibTorch into .deps/
	@scripts/setup.sh

program: setup ## set up and build tivit-run alone
	@cmake -S . -B $(BUILD) -G Ninja $(CMAKE_ARGS)
	@cmake --build $(BUILD) -j $(JOBS) --target tivit-run

build: setup ## set up and build everything, the tests included
	@cmake -S . -B $(BUILD) -G Ninja $(CMAKE_ARGS)
	@cmake --build $(BUILD) -j $(JOBS)

train: program ## render the sample set, train on it, evaluate, transcribe one clip
	@BUILD=$(BUILD) RUNS=$(RUNS) scripts/train_sample.sh

test: build ## set up, build and run every test (TIVIT_NO_BROWSER=1: without those in a browser)
	@scripts/setup.sh --test
	@scripts/run_tests.py $(BUILD)

bench: ## measure speed beside bare programs, write docs/results.md (ONLY="cache decode": a part)
	@scripts/setup.sh --bench
	@cmake -S . -B $(BUILD) -G Ninja $(CMAKE_ARGS) >/dev/null
	@scripts/bench.py --build $(BUILD) --only $(ONLY)

lint: ## layout, folder rules and clang-tidy on changed files (ALL=1: on all)
	@scripts/setup.sh --lint
	@cmake -S . -B $(BUILD) -G Ninja $(CMAKE_ARGS) >/dev/null
	@BUILD=$(BUILD) ALL=$(ALL) scripts/lint.sh

format: ## lay out every C++ file
	@scripts/setup.sh --lint
	@git ls-files -z '*.cpp' '*.hpp' | xargs -0 clang-format-16 -i

asan: setup ## build and test with the address and undefined sanitizers
	@scripts/setup.sh --test
	@cmake --preset asan $(CMAKE_ARGS)
	@cmake --build build-asan -j $(JOBS)
	@scripts/run_tests.py build-asan

stress: build ## 10,000 random graphs at 1, 2 and 8 threads against a sequential interpreter (COUNT=, FIRST=)
	@TIVIT_STRESS_GRAPHS=$(COUNT) TIVIT_STRESS_FIRST=$(FIRST) $(BUILD)/bin/test_stress

faults: build ## 500 faults at random places, injected from outside into tivit-run (COUNT=, FIRST=)
	@ctest --test-dir $(BUILD) -R '^render_sample$$' --output-on-failure >/dev/null
	@tests/faults/inject.py $(BUILD) --count $(if $(filter file,$(origin COUNT)),500,$(COUNT)) --first $(if $(filter file,$(origin FIRST)),0,$(FIRST))

tsan: setup ## build and test with the thread sanitizer
	@scripts/setup.sh --test
	@cmake --preset tsan $(CMAKE_ARGS)
	@cmake --build build-tsan -j $(JOBS)
	@scripts/run_tests.py build-tsan

fuzz: setup ## a million inputs for every reader of files, by libFuzzer (EXECUTIONS=; ONLY="labels midi": a part)
	@scripts/setup.sh --fuzz
	@cmake --preset fuzz $(CMAKE_ARGS) >/dev/null
	@cmake --build build-fuzz -j $(JOBS) --target fuzz
	@scripts/fuzz.py --executions $(EXECUTIONS) --only $(ONLY)

install: build ## install programs, libraries and headers under PREFIX
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## remove what was built (not .deps, data or runs)
	@rm -rf build build-debug build-asan build-tsan build-fuzz $(BUILD)
