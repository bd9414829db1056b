package cli

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// meter counts rows and measures the live heap at two of them.
type meter struct {
	rows, first, last int
	atFirst, atLast   uint64
}

func (m *meter) Write(p []byte) (int, error) {
	for range bytes.Count(p, []byte("\n")) {
		switch m.rows++; m.rows {
		case m.first:
			m.atFirst = liveHeap()
		case m.last:
			m.atLast = liveHeap()
		}
	}
	return len(p), nil
}

func liveHeap() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

// The memory of a list is independent of the size of its rows. A list that may move keeps
// 16 bytes for each member, any other list keeps none.
func TestMemoryStaysFlat(t *testing.T) {
	srv := emulator.NewServer(emulator.WithState("big.yaml", fmt.Appendf(nil, `
people:
  - {name: Ada Lovelace, email: ada@example.com}
groups:
  - name: Big
    members: [{email: ada@example.com, role: owner}]
    count: %d
  - name: Smaller
    ids: {clerk: org_smaller}
    members: [{email: ada@example.com, role: owner}]
    count: %d
`, manyMembers-1, manyMembers/5-1)))
	defer srv.Close()
	for _, tt := range []struct {
		provider, group, format string
		n                       int
	}{
		{"googlechat", "AAAA0000001", "ndjson", manyMembers},
		{"googlechat", "AAAA0000002", "table", manyMembers / 5},
		{"googlechat", "AAAA0000002", "csv", manyMembers / 5},
		{"clerk", "org_smaller", "json", manyMembers / 5},
	} {
		m := &meter{first: tt.n / 10, last: tt.n}
		code := Run(t.Context(), Process{
			Args:   []string{"list", "-p", tt.provider, "-g", tt.group, "-o", tt.format},
			Stdout: m, Stderr: t.Output(),
			Getenv: func(name string) string { return map[string]string{emulatorVariable: srv.URL}[name] },
		})
		if code != exit.Done || m.rows < tt.n {
			t.Fatalf("%+v: exit code %d after %d rows", tt, code, m.rows)
		}
		grown := int64(m.atLast) - int64(m.atFirst)
		t.Logf("%+v: %d KiB after a tenth, %+d KiB to the end", tt, m.atFirst>>10, grown>>10)
		if limit := int64(16*tt.n + 2<<20); grown > limit {
			t.Errorf("%+v: the heap grew by %d bytes, more than %d", tt, grown, limit)
		}
	}
}
