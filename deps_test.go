package memberships_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
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
			for _, never := range []string{"github.com/spf13/", "github.com/getkin/", "gopkg.in/dnaeon/", "github.com/goccy/", "github.com/itchyny/", module + "/emulator", module + "/providertest", "testing"} {
				if strings.HasPrefix(dep, never) {
					t.Errorf("wrappers/%s compiles %s", p, dep)
				}
			}
		}
	}
}
