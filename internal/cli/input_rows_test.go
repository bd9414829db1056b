package cli

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// A mistake in the last of 100,000 rows prevents all changes.
func TestManyRows(t *testing.T) {
	const n = 100_000
	var b strings.Builder
	b.WriteString("member_id,group\n")
	for i := range n {
		fmt.Fprintf(&b, "user_%d,org_demo\n", i)
	}
	srv := emulator.NewServer()
	defer srv.Close()
	srv.Control(func(http.ResponseWriter, *http.Request) bool {
		t.Error("a request was sent")
		return false
	})
	res := runWith(t.Context(), strings.NewReader(b.String()+"..,org_demo\n"), srv.URL, "add", "-p", "clerk", "--from", "-")
	if want := fmt.Sprintf("memberships: stdin:%d:1: the member's id is a path segment and not an id; nothing was sent\n", n+2); res.code != exit.Usage || res.stderr != want {
		t.Errorf("got %d, %q, want %q", res.code, res.stderr, want)
	}
}
