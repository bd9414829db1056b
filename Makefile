# Everything here runs on a machine that has only Go.
GO ?= go
FUZZTIME ?= 10s

.PHONY: checked-test default generate generate-check api api-check apidiff build test race lint vet fuzz bench bench-test microbench record demo drift check deep mutate browser
default: check

# Make the clients and servers from specs/ anew.
generate:
	$(GO) generate ./...

# Fail if that would change anything; changes nothing itself.
generate-check:
	$(GO) run ./scripts/gencheck

# List anew in docs/api what the public packages export.
api:
	$(GO) run ./scripts/api

# Print the lines that this would add and remove, and fail if there are any.
api-check:
	$(GO) run ./scripts/api -check

# Print what breaks callers since the last tag or, before the first one, since BASE. It
# fetches the tool that compares, and needs the history of the repository.
BASE ?= origin/main
APIDIFF = golang.org/x/exp/cmd/apidiff@v0.0.0-20261113113407-e3970619a1a4
apidiff:
	GO=$(GO) scripts/apidiff.sh $(APIDIFF) $(BASE)

build:
	$(GO) build ./...

test:
	$(GO) test ./...

# test in check, whose vet has seen all packages before.
checked-test: export GOFLAGS := $(GOFLAGS) -vet=off
checked-test:
	$(GO) test ./...

# Needs a C compiler, as the race detector does.
race:
	$(GO) test -race ./...

vet:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run gofmt -w on these'; exit 1; }
	$(GO) vet ./...
	$(GO) mod tidy -diff

lint: vet
	$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run

# Every fuzz target for FUZZTIME each; their seeds run in test.
fuzz:
	$(GO) run ./scripts/fuzzall -fuzztime $(FUZZTIME)

# Measure this module beside the other ways to list memberships; BENCH takes the flags
# of the program, such as BENCH='-scenario cpu -provider clerk'.
bench:
	cd bench && $(GO) run . $(BENCH)

# What is compared reads the same. bench is a module of its own, so that none of the
# other SDKs become dependencies; check leaves it out for their size.
bench-test:
	cd bench && $(GO) vet ./... && $(GO) mod tidy -diff && $(GO) test ./...

# Look at the page of the emulator in Chromium, sign in there with the command, and
# take the screenshot of the docs. Chromium is in the PATH or named by CHROME. browser is a
# module of its own, and check leaves it out.
browser:
	cd browser && $(GO) vet ./... && $(GO) mod tidy -diff && SCREENSHOT=$(CURDIR)/docs/emulator-page.png $(GO) test -count=1 ./...

microbench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Record the cassettes anew: against the emulator, or with LIVE=webex against the
# real provider with its credentials from the environment.
record:
ifdef LIVE
	MEMBERSHIPS_RECORD=live $(GO) test -count=1 -run 'Test' ./wrappers/$(LIVE)
else
	MEMBERSHIPS_RECORD=emulator $(GO) test -count=1 ./wrappers/... ./cassette
endif
	$(GO) test -count=1 ./wrappers/... ./internal/recorded

demo:
	$(GO) run ./cmd/memberships demo

# Hold a document of ours against the provider's newest:
# make drift PROVIDER=box UPSTREAM=openapi.json
drift:
	$(GO) run ./scripts/specdrift -whole -spec specs/$(PROVIDER)/openapi.yaml -upstream $(UPSTREAM)

# Change PKG in one place after the other and print what no test notices: no test of PKG's
# and of WITH's, which names further packages. MUTATE takes the flags of the program, such
# as MUTATE='-n 100 -seed 2' for a sample.
mutate:
	$(GO) run ./scripts/mutate $(MUTATE) $(PKG) $(WITH)

# All that CI runs. The tests come last, so that their summary does.
check: vet generate-check api-check build checked-test

# The full counts of what check samples, and every test three times in any order beside
# busy processors. It takes an hour on two of them.
deep: check
	MEMBERSHIPS_DEEP=1 $(GO) test -count=1 -timeout 60m ./...
	$(GO) run ./scripts/underload $(GO) test -count=3 -shuffle=on -timeout 60m ./...
