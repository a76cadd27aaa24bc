# Everything starts here. `make run` and `make test` set up a fresh Debian machine that has a Swift toolchain and nothing else.

PACKAGES = pkg-config liblua5.4-dev zlib1g-dev libzstd-dev libxxhash-dev
PREFIX ?= /usr/local
WEIR = .build/release/weir
# Where the toolchain has its runtime as archives it goes into the binary, which then starts in half the time and needs no toolchain to run.
TOOLCHAIN := $(dir $(realpath $(shell command -v swift)))..
STATIC := $(if $(wildcard $(TOOLCHAIN)/lib/swift_static),--static-swift-stdlib $(if $(wildcard $(TOOLCHAIN)/bin/ld.lld),-Xswiftc -use-ld=lld))

.PHONY: run build test check lint format install setup clean sanitize fuzz fuzz-rules fuzz-bridge fuzz-share leaks bench bench-kernels bench-lua

run: build
	$(WEIR) run Pipelines/network-dashboard.yaml --out out

build: setup
	swift build -c release --product weir $(STATIC)

test: setup fuzz-share
	swift build --product weir
	swift test

check: lint test

lint:
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
	sh Tests/dependency-graph.sh

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks

install: build
	install -D -m 755 $(WEIR) $(DESTDIR)$(PREFIX)/bin/weir

# Address Sanitizer (with leaks) over all rooms that touch bytes or Lua, Thread Sanitizer over those with workers; the C targets run under
# Undefined Behaviour Sanitizer in `make fuzz`. The laws of the aggregates and the cases would take hours: SANITIZE_ADDRESS=. runs them too.
SANITIZE_ADDRESS ?= ^(LuaHostTests|LuaPluginsTests|MemoryTests|FormatsTests|ColumnsTests|ExpressionsTests|YAMLNodesTests)\.
SANITIZE_THREAD ?= ^(LuaHostTests|RunnerTests|StagesTests)\.
sanitize: setup leaks
	WEIR_SANITIZER=address LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Fuzzing/leaks.supp \
	  swift test --disable-xctest --sanitize=address --scratch-path .build-address --filter '$(SANITIZE_ADDRESS)'
	TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Fuzzing/races.supp \
	  swift test --disable-xctest --sanitize=thread --scratch-path .build-thread --filter '$(SANITIZE_THREAD)'

# What the Lua host costs, beside the stock library.
bench-lua: setup
	@mkdir -p .build-bench
	clang -O2 -fPIC -ISources/CLuaBridge -ISources/CLuaBridge/include $$(pkg-config --cflags lua5.4) \
	  Benchmarks/lua-host.c Sources/CLuaBridge/*.c -o .build-bench/lua-host $$(pkg-config --libs lua5.4) -lm
	.build-bench/lua-host

# Everything below looks for what no test has thought of; each part for a bounded time.
fuzz: fuzz-bridge fuzz-rules

# Random Lua rules on both paths and in plain Lua: five million rows of them, with other rules each time; and random folds on both
# paths. WEIR_FUZZ_SEED repeats a run.
FUZZ_RULES ?= 20000
FUZZ_FOLDS ?= 10000
fuzz-rules: PACKAGES += lua5.4
fuzz-rules: setup
	WEIR_FUZZ_RULES=$(FUZZ_RULES) WEIR_FUZZ_FOLDS=$(FUZZ_FOLDS) WEIR_FUZZ_ROWS=256 WEIR_FUZZ_SEED=$${WEIR_FUZZ_SEED:-$$(date +%s)} \
	swift test -c release --scratch-path .build-fuzz -Xswiftc -enable-testing --filter 'DifferentialTests|RandomProgramTests'

# The C targets under libFuzzer with Address and Undefined Behaviour Sanitizer, each for FUZZ_SECONDS; what is found lands beside the binary.
FUZZERS = Patterns Format Bytecode Values Programs Scan
FUZZ_SECONDS ?= 60
fuzz-bridge: $(FUZZERS:%=.build-fuzz/bin/%)
	for fuzzer in $(FUZZERS); do \
	  mkdir -p .build-fuzz/corpus/$$fuzzer; \
	  $(FUZZER_RUN) -max_total_time=$(FUZZ_SECONDS) \
	    .build-fuzz/corpus/$$fuzzer Tests/Fuzzing/Seeds/$$fuzzer || exit 1; \
	done

# The same inputs each time: the seeds, and a few thousand made of them.
fuzz-share: $(FUZZERS:%=.build-fuzz/bin/%)
	@for fuzzer in $(FUZZERS); do \
	  $(FUZZER_RUN) -runs=3000 -seed=1 Tests/Fuzzing/Seeds/$$fuzzer >.build-fuzz/$$fuzzer.log 2>&1 \
	  || { cat .build-fuzz/$$fuzzer.log; exit 1; }; \
	done; echo "fuzzed $(FUZZERS)"

# 10,000 states made, used and dropped, under the leak sanitizer.
leaks: .build-fuzz/targets.a
	@mkdir -p .build-fuzz/bin
	clang $(FUZZ_FLAGS) Tests/Fuzzing/States.c .build-fuzz/targets.a -o .build-fuzz/bin/States $$(pkg-config --libs lua5.4) -lm
	ASAN_OPTIONS=detect_leaks=1 .build-fuzz/bin/States

FUZZER_RUN = .build-fuzz/bin/$$fuzzer -artifact_prefix=.build-fuzz/$$fuzzer- -detect_leaks=0 -verbosity=0 -max_len=2000 -dict=Tests/Fuzzing/Programs.dict
FUZZ_FLAGS = -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined $(addprefix -I$(CURDIR)/Sources/,CLuaBridge \
  CLuaBridge/include CScan/include) $$(pkg-config --cflags lua5.4)
FUZZED = $(wildcard $(CURDIR)/Sources/CLuaBridge/*.c $(CURDIR)/Sources/CScan/*.c)

.build-fuzz/bin/%: Tests/Fuzzing/%.c Tests/Fuzzing/Host.h .build-fuzz/targets.a
	@mkdir -p $(@D)
	clang -fsanitize=fuzzer $(FUZZ_FLAGS) $< .build-fuzz/targets.a -o $@ $$(pkg-config --libs lua5.4) -lm

.build-fuzz/targets.a: $(FUZZED) $(wildcard Sources/CLuaBridge/*.h Sources/CLuaBridge/include/*.h Sources/CScan/*.h Sources/CScan/include/*.h) | setup
	@rm -rf .build-fuzz/objects && mkdir -p .build-fuzz/objects
	cd .build-fuzz/objects && clang -fsanitize=fuzzer-no-link $(FUZZ_FLAGS) -c $(FUZZED)
	ar rcs $@ .build-fuzz/objects/*.o

# Weir beside the peers that are installed. BENCH passes options: make bench BENCH='--install --rows 1000000'.
bench: build
	python3 Benchmarks/run.py $(BENCH)

# Instructions and allocations of the inner loops, against the counts that are kept.
bench-kernels: setup
	swift build -c release --product weir-kernels $(STATIC)
	python3 Benchmarks/kernels.py $(BENCH)

clean:
	rm -rf .build .build-address .build-thread .build-fuzz .build-bench out

# Installs the Debian packages that are missing; asks for nothing where all are there.
setup:
	@missing=""; \
	for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	[ -z "$$missing" ] && exit 0; \
	echo "installing$$missing"; \
	if [ "$$(id -u)" = 0 ]; then as=""; elif command -v sudo >/dev/null; then as=sudo; \
	else echo "Weir needs$$missing. Install them as root: apt-get install$$missing" >&2; exit 1; fi; \
	$$as apt-get update -qq && $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null \
	|| { echo "could not install$$missing with apt-get; install them by hand and try again" >&2; exit 1; }
