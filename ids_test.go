package memberships_test

import (
	"strings"
	"testing"
	"testing/quick"

	"github.com/memberships-go/memberships"
)

func TestCheckIDSteps(t *testing.T) {
	tests := []struct {
		id string
		ok bool
	}{
		{"..%2F", false}, {"%2e%2e/", false}, {"%2E%2E%2Fx", false}, {".%2e/x", false}, {"%2e%2e", false}, {"%2e", false},
		{"../x", false}, {"x/..", false}, {"x/../y", false}, {"./x", false}, {"x/./y", false}, {`..\x`, false}, {`x\..\y`, false},
		{"..%5cx", false}, {"%252e%252e%252fx", false}, {"%25252e%25252e/", false}, {"x%2f..%2fy", false}, {"x%2F%2e%2E%2Fy", false},
		{"%%32%65%2e/", false}, {"..;/x", false}, {"..;", false}, {"..;a=b/x", false},
		{"x..%2Fy", false}, {"x..%5cy", false}, {"x..%252fy", false}, {"x%2e.%2fy", false}, {"x../y%2Fz", true}, {"%2e%2e%3bx/", false},
		{"%c0%ae%c0%ae/", false}, {"..%c0%afx", false}, {"%e0%80%ae%e0%80%ae%e0%80%afx", false}, {"..%c1%9cx", false}, {"//..//", false},
		{"...", true}, {"a..b", true}, {"..a", true}, {"a..", true}, {"a/b", true}, {"a%2Fb", true}, {"a.b@c.example", true}, {"%", true},
		{"%2", true}, {"%zz..", true}, {"a%00b", true}, {".well", true}, {"x/.hidden", true}, {"100%..", true}, {"a/b..c/d", true}, {"x;..", true},
		{strings.Repeat("x", 8<<10), true}, {strings.Repeat("x", 8<<10+1), false}, {strings.Repeat("ä", 4<<10), true},
		{"%" + strings.Repeat("25", 2000) + "2e%2e", false}, {strings.Repeat("%25", 2000), true},
	}
	for _, tt := range tests {
		err := memberships.CheckID("the id", tt.id)
		if (err == nil) != tt.ok {
			t.Errorf("%.40q: got %v, want ok %v", tt.id, err, tt.ok)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), "the id ") || len(tt.id) > 4 && strings.Contains(err.Error(), tt.id)) {
			t.Errorf("%.40q: the error is %q", tt.id, err)
		}
	}
}

// A step is one however each of its characters is written, once or several times over.
func TestCheckIDSeesEveryEncoding(t *testing.T) {
	check := func(how []byte, before, after bool) bool {
		if len(how) > 100 {
			how = how[:100]
		}
		id := "../"
		if before {
			id = "x/" + id
		}
		if after {
			id += "y"
		}
		for _, h := range how { // each encodes one character of what there is
			at := int(h) % len(id)
			const hex = "0123456789aBcDeF"
			id = id[:at] + "%" + string(hex[id[at]>>4]) + string(hex[id[at]&15]) + id[at+1:]
		}
		return memberships.CheckID("id", id) != nil
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}
