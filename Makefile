# Everything starts here. `make run` and `make test` set up a fresh Debian machine that has a Swift toolchain and nothing else.

PACKAGES = pkg-config liblua5.4-dev zlib1g-dev libzstd-dev libxxhash-dev
PREFIX ?= /usr/local
WEIR = .build/release/weir

.PHONY: run build test check lint format install setup clean sanitize fuzz bench bench-kernels

run: build
	$(WEIR) run Pipelines/network-dashboard.yaml --out out

build: setup
	swift build -c release --product weir

test: setup
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

sanitize: setup
	swift test --sanitize=address --scratch-path .build-address
	swift test --sanitize=thread --scratch-path .build-thread

# Random Lua rules on both paths and in plain Lua: five million rows of them, with other rules each time. WEIR_FUZZ_SEED repeats a run.
FUZZ_RULES ?= 20000
fuzz: PACKAGES += lua5.4
fuzz: setup
	WEIR_FUZZ_RULES=$(FUZZ_RULES) WEIR_FUZZ_ROWS=256 WEIR_FUZZ_SEED=$${WEIR_FUZZ_SEED:-$$(date +%s)} \
	swift test -c release --scratch-path .build-fuzz -Xswiftc -enable-testing --filter DifferentialTests

# Weir beside the peers that are installed. BENCH passes options: make bench BENCH='--install --rows 1000000'.
bench: build
	python3 Benchmarks/run.py $(BENCH)

# Instructions and allocations of the inner loops, against the counts that are kept.
bench-kernels: setup
	swift build -c release --product weir-kernels
	python3 Benchmarks/kernels.py $(BENCH)

clean:
	rm -rf .build .build-address .build-thread .build-fuzz out

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
