# What a developer types. The scripts in .ci do the work, and can be run by hand as well.

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: build test lint fmt bench pictures trials

# A static binary: the same file runs on every Linux of its architecture.
build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o debadge ./cmd/debadge

test:
	.ci/setup
	go test -race -timeout 40m ./...

lint:
	.ci/golangci-lint run
	.ci/golangci-lint fmt --diff

fmt:
	.ci/golangci-lint fmt

# The benchmark of docs/speed.md, on a graph of so many products: make bench PRODUCTS=1000000 RESULTS=docs. It leaves results,
# page and plot in RESULTS. BESIDE is what debadge is compared with; what it needs is installed or told. The flag -bench runs no
# benchmark here: it gives the Neo4j of the tests the memory that one gets.
PRODUCTS ?= 10000
RESULTS ?= speed
BESIDE ?= all
bench:
	DEBADGE_BENCH_PRODUCTS=$(PRODUCTS) go test -count=1 -timeout 8h -v -run '^TestSpeed$$' -bench '^$$' ./bench -results $(abspath $(RESULTS)) -beside $(BESIDE)

# The pictures of the pages in the README, taken anew.
pictures:
	DEBADGE_README_PICTURES=$(CURDIR)/docs go test -count=1 -run TestReadmePictures ./web

# The trials of docs/trials.md: all, or make trials TRIAL="F9 F13"; the long forms with FULL=1.
trials:
	DEBADGE_TRIAL_FULL=$(FULL) .ci/trials $(TRIAL)
