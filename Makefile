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

bench:
	go test -run '^$$' -bench . -benchmem -benchtime 1s ./...

# The pictures of the pages in the README, taken anew.
pictures:
	DEBADGE_README_PICTURES=$(CURDIR)/docs go test -count=1 -run TestReadmePictures ./web

# The trials of docs/trials.md: all, or make trials TRIAL="F9 F13"; the long forms with FULL=1.
trials:
	DEBADGE_TRIAL_FULL=$(FULL) .ci/trials $(TRIAL)
