package change

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// A channel is read once, one row of it, and only for providers that create groups.
func TestNewGroupsMakes(t *testing.T) {
	tests := []struct {
		name, provider, group string
		down                  bool
		want                  bool
		fails                 bool
		sent                  []string
	}{
		{"with members", "pubnub", "demo", false, false, false, []string{"/v2/objects/sub-c-emulated/channels/demo/uuids limit=1"}},
		{"absent", "pubnub", "nowhere", false, true, false, []string{
			"/v2/objects/sub-c-emulated/channels/nowhere/uuids limit=1", "/v2/objects/sub-c-emulated/channels/nowhere limit="}},
		{"a failed read", "pubnub", "nowhere", true, false, true, []string{"/v2/objects/sub-c-emulated/channels/nowhere/uuids limit=1"}},
		{"a provider that creates no groups", "box", "9", false, false, false, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := emulator.New()
			if err != nil {
				t.Fatal(err)
			}
			var sent []string
			e.Control(func(w http.ResponseWriter, r *http.Request) bool {
				sent = append(sent, r.URL.Path+" limit="+r.URL.Query().Get("limit"))
				if tt.down {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
				return tt.down
			})
			c, err := credentials.OpenEmulator(tt.provider, option.WithHTTPClient(e.Client()), option.WithAttempts(1))
			if err != nil {
				t.Fatal(err)
			}
			n := newGroups{client: c}
			for range 2 {
				got, err := n.makes(t.Context(), memberships.Group{ID: tt.group})
				if got != tt.want || (err != nil) != tt.fails {
					t.Errorf("got %v and %v, want %v", got, err, tt.want)
				}
			}
			if diff := cmp.Diff(tt.sent, sent); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// note keeps the row's detail, names the provider's kind of group, and reports a failed
// read.
func TestNewGroupNote(t *testing.T) {
	lost := errors.New("no answer")
	tests := []struct {
		name   string
		kind   memberships.GroupKind
		result string
		detail string
		made   bool
		err    error
		want   string
	}{
		{"added to a new group", memberships.KindChannel, output.ResultAdded, "", true, nil, "the channel did not exist and was made"},
		{"added to a new group, with a detail", memberships.KindChannel, output.ResultAdded, "is ada", true, nil, "is ada; the channel did not exist and was made"},
		{"dry run", memberships.KindChannel, output.ResultWouldAdd, "is ada", true, nil, "is ada; the channel does not exist and would be made"},
		{"added to an existing group", memberships.KindChannel, output.ResultAdded, "is ada", false, nil, "is ada"},
		{"a failed read", memberships.KindChannel, output.ResultAdded, "", false, lost, "whether the channel existed before could not be read: no answer"},
		{"a failed read and a failed addition", memberships.KindChannel, output.ResultFailed, "refused", false, lost, "refused"},
		{"a failed addition to a new group", memberships.KindChannel, output.ResultFailed, "refused", true, nil, "refused"},
		{"another kind of group", memberships.KindSpace, output.ResultAdded, "", true, nil, "the space did not exist and was made"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := memprovider.New(memprovider.WithGroup(memberships.Group{Kind: tt.kind, ID: "g"}))
			o := outcome{result: tt.result, detail: tt.detail}
			(&newGroups{client: memberships.New(p)}).note(&o, tt.made, tt.err)
			if diff := cmp.Diff(tt.want, o.detail); diff != "" {
				t.Errorf("detail (-want +got):\n%s", diff)
			}
		})
	}
}
