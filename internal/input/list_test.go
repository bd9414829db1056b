package input

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A line in the form of mail programs holds mailboxes, each with its position.
func TestMailboxes(t *testing.T) {
	tests := []struct {
		line string
		want []Cell
	}{
		{"ada@example.com", []Cell{{"ada@example.com", 3, 5}}},
		{"a@example.com, b@example.com", []Cell{{"a@example.com, b@example.com", 3, 5}}},
		{`"Hopper, Grace" <grace@example.com>`, []Cell{{`"Hopper, Grace" <grace@example.com>`, 3, 5}}},
		{"Hopper, Grace <grace@example.com>; radia@example.com;", []Cell{{"Hopper, Grace <grace@example.com>", 3, 5}, {"radia@example.com", 3, 40}}},
		{`<a@example.com>,"b@c, d;" <b@example.com>`, []Cell{{"<a@example.com>", 3, 5}, {`"b@c, d;" <b@example.com>`, 3, 21}}},
		{"Grace <grace@example.com>, manager", []Cell{{"Grace <grace@example.com>, manager", 3, 5}}},
		{`A <a@example.com>; "B <b@example.com>`, []Cell{{"A <a@example.com>", 3, 5}, {`"B <b@example.com>`, 3, 24}}},
		{"<a@example.com,b@example.com>", []Cell{{"<a@example.com,b@example.com>", 3, 5}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, mailboxes(Cell{tt.line, 3, 5}), cmp.AllowUnexported(Cell{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.line, diff)
		}
	}
}

// Mailboxes lose no characters but separators and space, and each part has its position.
func FuzzMailboxes(f *testing.F) {
	for _, s := range []string{"A <a@b>; C <c@d>", `"A, B" <a@b>,,;c@d`, "<a@b>;x", `"<a@b>`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		text := strings.Trim(line, Space)
		end := 0
		for _, c := range mailboxes(Cell{text, 1, 1}) {
			at := c.Column - 1
			if at < end || !strings.HasPrefix(text[at:], c.Text) || strings.Trim(text[end:at], Space+",;") != "" {
				t.Fatalf("%q: the part %q stands, as it is reported, at %d", text, c.Text, at)
			}
			end = at + len(c.Text)
		}
		if strings.Trim(text[end:], Space+",;") != "" {
			t.Errorf("%q: %q is lost", text, text[end:])
		}
	})
}
