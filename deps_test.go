package memberships_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// deps is what an importer of a package compiles.
func deps(t *testing.T, pkg string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", pkg).CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	return strings.Fields(string(out))
}

// The contract, and the provider in memory on top of it, are the standard library alone,
// and not the part of it that is for tests.
func TestContractImportsNothing(t *testing.T) {
	const module = "github.com/memberships-go/memberships"
	for pkg, own := range map[string][]string{
		".": {module}, "./providertest/memprovider": {module, module + "/providertest/memprovider"},
	} {
		for _, dep := range deps(t, pkg) {
			host, _, _ := strings.Cut(dep, "/")
			if strings.Contains(host, ".") && !slices.Contains(own, dep) || dep == "testing" || dep == "net/http" {
				t.Errorf("%s compiles %s", pkg, dep)
			}
		}
	}
}

// TestImportsStaySmall holds every wrapper to what it may make its importer compile.
func TestImportsStaySmall(t *testing.T) {
	const module = "github.com/memberships-go/memberships"
	providers := []string{"box", "clerk", "googlechat", "pubnub", "webex"}
	for _, p := range providers {
		for _, dep := range deps(t, "./wrappers/"+p) {
			for _, other := range providers {
				if other != p && strings.HasPrefix(dep, module+"/") && strings.HasSuffix(dep, "/"+other) {
					t.Errorf("wrappers/%s compiles %s", p, dep)
				}
			}
			for _, never := range []string{"github.com/spf13/", "github.com/getkin/", "gopkg.in/dnaeon/", "go.yaml.in/", "github.com/itchyny/", "github.com/coreos/", "github.com/go-jose/", "github.com/golang-jwt/", "github.com/lestrrat-go/", "github.com/standard-webhooks/", "github.com/svix/", "filippo.io/", "github.com/gofrs/", "github.com/zalando/", module + "/auth", module + "/emulator", module + "/events", module + "/providertest", "testing"} {
				if strings.HasPrefix(dep, never) {
					t.Errorf("wrappers/%s compiles %s", p, dep)
				}
			}
		}
	}
}

// TestListingsCompileOnce holds the generic code that reads pages to the wrappers. Package
// providers names the client of each of them: a method of a client or service that returns a
// generic type of package paging makes every importer compile that code again.
func TestListingsCompileOnce(t *testing.T) {
	const listing = "github.com/memberships-go/memberships/internal/paging.(*List["
	for pkg, want := range map[string]bool{"./wrappers/webex": true, "./providers": false} {
		built, err := exec.CommandContext(t.Context(), "go", "list", "-export", "-f", "{{.Export}}", pkg).Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		symbols, err := exec.CommandContext(t.Context(), "go", "tool", "nm", strings.TrimSpace(string(built))).Output()
		if err != nil {
			t.Fatalf("go tool nm: %v", err)
		}
		if got := strings.Contains(string(symbols), listing); got != want {
			t.Errorf("%s compiles %s: %t, want %t", pkg, listing, got, want)
		}
	}
}

// TestTokensAreVerifiedApart holds the verifier of Google Chat's tokens, with its libraries,
// to its importers.
func TestTokensAreVerifiedApart(t *testing.T) {
	const module = "github.com/memberships-go/memberships"
	libraries := []string{"github.com/coreos/", "github.com/go-jose/", module + "/events/googlechat"}
	compiles := func(pkg string) bool {
		return slices.ContainsFunc(deps(t, pkg), func(dep string) bool {
			return slices.ContainsFunc(libraries, func(l string) bool { return strings.HasPrefix(dep, l) })
		})
	}
	for _, pkg := range []string{"./providers", "./events", "./emulator", "./providertest", "./option"} {
		if compiles(pkg) {
			t.Errorf("%s compiles the verifier of tokens", pkg)
		}
	}
	if !compiles("./events/googlechat") {
		t.Error("events/googlechat does not compile the verifier of tokens")
	}
}

// TestStoresAreApart holds the libraries of each store to its importers.
func TestStoresAreApart(t *testing.T) {
	libraries := []string{"filippo.io/age", "github.com/gofrs/flock", "github.com/zalando/go-keyring"}
	for pkg, want := range map[string][]string{
		"./auth": nil, "./auth/filestore": libraries[:2], "./auth/keyring": libraries[1:],
	} {
		all := deps(t, pkg)
		var got []string
		for _, library := range libraries {
			if slices.Contains(all, library) {
				got = append(got, library)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s compiles others (-want +got):\n%s", pkg, diff)
		}
		if slices.Contains(all, "testing") {
			t.Errorf("%s compiles testing", pkg)
		}
	}
}

// TestEventsImportsStaySmall holds the handler to the standard library and the contract: its
// importer compiles the wrappers of its own choice.
func TestEventsImportsStaySmall(t *testing.T) {
	const module = "github.com/memberships-go/memberships"
	own := []string{module, module + "/events", module + "/internal/delivery"}
	for _, dep := range deps(t, "./events") {
		host, _, _ := strings.Cut(dep, "/")
		if strings.Contains(host, ".") && !slices.Contains(own, dep) || dep == "testing" || dep == "database/sql" {
			t.Errorf("events compiles %s", dep)
		}
	}
}

// TestCassetteImportsStaySmall holds what a test compiles in order to replay: the standard
// library, go-vcr, and nothing of ours that sends, generates or serves.
func TestCassetteImportsStaySmall(t *testing.T) {
	const module = "github.com/memberships-go/memberships"
	want := []string{
		module, module + "/cassette", module + "/cassette/internal/tape", module + "/internal/redact",
		"gopkg.in/dnaeon/go-vcr.v3/cassette", "gopkg.in/dnaeon/go-vcr.v3/recorder", "gopkg.in/yaml.v3",
	}
	var got []string
	for _, dep := range deps(t, "./cassette") {
		if host, _, _ := strings.Cut(dep, "/"); strings.Contains(host, ".") {
			got = append(got, dep)
		}
		if dep == "testing" {
			t.Error("cassette compiles testing")
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("imports (-want +got):\n%s", diff)
	}
}

// TestCassetteHidesGoVCR looks for a type of go-vcr in what package cassette exports: its
// next major version must be possible without a change for callers.
func TestCassetteHidesGoVCR(t *testing.T) {
	for _, pkg := range []string{"./cassette", "./cassette/cassettetest"} {
		out, err := exec.CommandContext(t.Context(), "go", "doc", "-all", pkg).CombinedOutput()
		if err != nil {
			t.Fatalf("go doc: %v\n%s", err, out)
		}
		for line := range strings.Lines(string(out)) {
			if prose := strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t//"); prose {
				continue
			}
			for _, name := range []string{"vcr.", "recorder.", "tape.", "openapi3."} {
				if strings.Contains(line, name) {
					t.Errorf("%s exports %s", pkg, line)
				}
			}
		}
	}
}

// TestReconcileIsApart holds the engine of plans to its importers. It compiles no wrapper, no
// command and no YAML, which package statefile alone reads.
func TestReconcileIsApart(t *testing.T) {
	const module = "github.com/memberships-go/memberships"
	for _, p := range []string{"box", "clerk", "googlechat", "pubnub", "webex"} {
		for _, dep := range deps(t, "./wrappers/"+p) {
			if strings.HasPrefix(dep, module+"/reconcile") {
				t.Errorf("wrappers/%s compiles %s", p, dep)
			}
		}
	}
	own := []string{module, module + "/reconcile", module + "/internal/wildcard"}
	never := []string{module + "/wrappers", module + "/generated", module + "/providers", module + "/emulator", module + "/providertest", "github.com/spf13/", "testing"}
	for pkg, compiles := range map[string]bool{
		"./reconcile": false, "./reconcile/journal": false, "./reconcile/view": false, "./reconcile/snapshot": false, "./reconcile/report": false,
		"./reconcile/evidence": false, "./reconcile/statefile": true,
	} {
		found := false
		for _, dep := range deps(t, pkg) {
			for _, n := range never {
				if dep == n || strings.HasPrefix(dep, n) && (strings.HasSuffix(n, "/") || strings.HasPrefix(dep, n+"/")) {
					t.Errorf("%s compiles %s", pkg, dep)
				}
			}
			found = found || strings.Contains(dep, "yaml")
			if host, _, _ := strings.Cut(dep, "/"); pkg == "./reconcile" && strings.Contains(host, ".") && !slices.Contains(own, dep) {
				t.Errorf("%s compiles %s", pkg, dep)
			}
		}
		if found != compiles {
			t.Errorf("%s compiles YAML: %t, want %t", pkg, found, compiles)
		}
	}
}
