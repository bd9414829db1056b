package memberships_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImportsStaySmall holds every wrapper to what it may make its importer compile.
func TestImportsStaySmall(t *testing.T) {
	const module = "github.com/memberships-go/memberships"
	providers := []string{"box", "clerk", "googlechat", "pubnub", "webex"}
	for _, p := range providers {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./wrappers/"+p).CombinedOutput()
		if err != nil {
			t.Fatalf("go list: %v\n%s", err, out)
		}
		for dep := range strings.FieldsSeq(string(out)) {
			for _, other := range providers {
				if other != p && strings.HasPrefix(dep, module+"/") && strings.HasSuffix(dep, "/"+other) {
					t.Errorf("wrappers/%s compiles %s", p, dep)
				}
			}
			for _, never := range []string{"github.com/spf13/", "github.com/getkin/", "gopkg.in/dnaeon/", "github.com/goccy/", module + "/emulator", "testing"} {
				if strings.HasPrefix(dep, never) {
					t.Errorf("wrappers/%s compiles %s", p, dep)
				}
			}
		}
	}
}
