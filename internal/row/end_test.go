package row

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// The end line has the number of rows and the coverage; that of a snapshot has its seal too.
// Parse reads it back.
func TestAppendEnd(t *testing.T) {
	team := memberships.Group{Kind: memberships.KindTeam, ID: "g1"}
	hidden := memberships.Gap{Level: memberships.GapHidden, Code: "withheld", Group: team, Count: 3, Text: "%d members are hidden"}
	scope := memberships.Gap{Level: memberships.GapScope, Code: "rooms", Text: "direct rooms"}
	for name, tt := range map[string]struct {
		end  End
		want string
		read End // want differs in the text of a gap, which has its count
	}{
		"no rows": {
			End{}, `{"end":{"rows":0,"coverage":{"complete":true,"gaps":[]}}}`, End{},
		},
		"gaps": {
			End{Rows: 2, Coverage: memberships.Coverage{Gaps: []memberships.Gap{hidden, scope}}},
			`{"end":{"rows":2,"coverage":{"complete":false,"gaps":[` +
				`{"level":"hidden","code":"withheld","group_kind":"team","group_id":"g1","count":3,"text":"team:g1: 3 members are hidden"},` +
				`{"level":"scope","code":"rooms","group_kind":"","group_id":"","count":0,"text":"direct rooms"}]}}}`,
			End{Rows: 2, Coverage: memberships.Coverage{Gaps: []memberships.Gap{
				{Level: memberships.GapHidden, Code: "withheld", Group: team, Count: 3, Text: "3 members are hidden"}, scope,
			}}},
		},
		"a seal": {
			End{Rows: 1, Seal: &Seal{Version: Version, Taken: time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC), Providers: []string{"box", "webex"}, Hash: "h"}},
			`{"end":{"rows":1,"coverage":{"complete":true,"gaps":[]},"version":1,"taken":"2026-01-05T10:00:00Z","providers":["box","webex"],"hash":"h"}}`,
			End{Rows: 1, Seal: &Seal{Version: Version, Taken: time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC), Providers: []string{"box", "webex"}, Hash: "h"}},
		},
		"a seal without a time": {
			End{Seal: &Seal{Version: Version, Providers: []string{}, Hash: "h"}},
			`{"end":{"rows":0,"coverage":{"complete":true,"gaps":[]},"version":1,"taken":"","providers":[],"hash":"h"}}`,
			End{Seal: &Seal{Version: Version, Providers: []string{}, Hash: "h"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := AppendEnd(nil, tt.end)
			if diff := cmp.Diff(tt.want+"\n", string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			_, end, err := Parse(got)
			if err != nil || end == nil {
				t.Fatalf("got %v, %v", end, err)
			}
			if diff := cmp.Diff(tt.read, *end); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
		})
	}
}
