# A thin front to the CMake presets. `make help` lists what there is.
.PHONY: help all release debug tsan test evaluate lint tidy format fuzz bench demo docs coverage install clean dependencies

help:
	@echo 'make test      install what is missing, build with sanitizers, run all tests'
	@echo 'make demo      build, make a sample iPhone backup with planted traces, examine it'
	@echo 'make release   build build/release/exhibit'
	@echo 'make install   install exhibit below PREFIX (/usr/local)'
	@echo 'make lint      layers, format, words;  make tidy: clang-tidy over all of src (10 minutes of processor time)'
	@echo 'make fuzz      run every fuzz target for FUZZ_SECONDS (10) each'
	@echo 'make bench     measure, and compare with the peer where it is installed'
	@echo 'make evaluate  measure rules on ordinary phones and generated traces (docs/error-rates.md)'
	@echo 'make docs      write docs/artifacts from the declarations'
	@echo 'make tsan | coverage | format | clean'

PREFIX ?= /usr/local
FUZZ_SECONDS ?= 10
FUZZ_TARGETS ?= fuzz_targets
all: release

dependencies:
	@tools/install-dependencies.sh

release: dependencies
	@cmake --preset release >/dev/null
	cmake --build --preset release --target exhibit exhibit-make-sample manual

debug: dependencies
	@cmake --preset debug >/dev/null
	cmake --build --preset debug

test: debug
	ctest --preset debug

tsan: dependencies
	@cmake --preset tsan >/dev/null
	cmake --build --preset tsan --target unit_engine unit_casefile
	ctest --preset tsan -R '^(engine|casefile)/' -E '^casefile/(PageFile|NewCase)\.'

demo: release
	tools/demo.sh build/release

bench: dependencies
	@cmake --preset release -DEXHIBIT_BENCH=ON >/dev/null
	cmake --build --preset release --target benchmarks
	tools/bench.sh build/release

# EXHIBIT_TEST_DATA names the test data, INDICATORS folders of indicators (separated by blanks).
evaluate: release
	tools/evaluate.py build/release --report docs/error-rates.md $(foreach folder,$(INDICATORS),--indicators $(folder))

docs: release
	build/release/exhibit artifacts --format markdown --output docs

fuzz:
	@tools/install-dependencies.sh --developer
	@cmake --preset fuzz >/dev/null
	cmake --build --preset fuzz --target $(FUZZ_TARGETS)
	tools/fuzz.sh build/fuzz $(FUZZ_SECONDS)

coverage: dependencies
	@cmake --preset coverage >/dev/null
	cmake --build --preset coverage
	ctest --preset coverage
	tools/coverage.sh build/coverage

lint:
	@tools/install-dependencies.sh --developer
	tools/lint.sh

tidy: dependencies
	@tools/install-dependencies.sh --developer
	tools/lint.sh --tidy

format:
	git ls-files '*.cpp' '*.hpp' | grep -v compile_fail | xargs clang-format-19 -i

install: release
	cmake --install build/release --prefix $(PREFIX)

clean:
	rm -rf build
