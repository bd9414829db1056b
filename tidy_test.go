package memberships_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A program that imports one wrapper gets the modules that the wrapper needs into its
// go.mod, and neither the generator nor what the command and the tests need.
func TestImportersModules(t *testing.T) {
	if testing.Short() {
		t.Skip("runs go mod tidy five times")
	}
	want := []string{
		"github.com/memberships-go/memberships",
		"golang.org/x/net", "golang.org/x/oauth2", "golang.org/x/text", "golang.org/x/time",
	}
	const nullable = "github.com/oapi-codegen/nullable" // for inputs that tell null from absent
	for provider, more := range map[string][]string{
		"box": {nullable}, "clerk": nil, "googlechat": nil, "pubnub": {nullable}, "webex": nil,
	} {
		t.Run(provider, func(t *testing.T) {
			all := slices.Sorted(slices.Values(append(more, want...)))
			if diff := cmp.Diff(all, required(t, provider)); diff != "" {
				t.Errorf("modules (-want +got)\n%s", diff)
			}
		})
	}
}

// required returns the modules that a scratch module with one wrapper requires when it is tidy.
func required(t *testing.T, provider string) []string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.sum":  string(sum),
		"go.mod":  fmt.Sprintf("module example.com/scratch\n\ngo 1.26\n\nrequire github.com/memberships-go/memberships v0.0.0\n\nreplace github.com/memberships-go/memberships => %s\n", here),
		"main.go": fmt.Sprintf("package main\n\nimport \"github.com/memberships-go/memberships/wrappers/%s\"\n\nfunc main() { _, _ = %[1]s.New() }\n", provider),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	goTool(t, dir, "mod", "tidy")
	var mod struct{ Require []struct{ Path string } }
	if err := json.Unmarshal(goTool(t, dir, "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, r := range mod.Require {
		paths = append(paths, r.Path)
	}
	slices.Sort(paths)
	return paths
}

func goTool(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
	return out
}
