package change

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/providers"
)

// lostProvider is a provider whose writes all have an unknown outcome. Its other methods
// send nothing in these tests.
type lostProvider struct {
	memberships.Provider
	beneath error // the kind of the last attempt's failure
	ended   error // the kind instead of ErrOutcomeUnknown if the caller has ended the call
}

func (p lostProvider) Apply(ctx context.Context, changes []memberships.Change, _ ...memberships.Option) iter.Seq2[memberships.Result, error] {
	return memberships.ApplyEach(ctx, changes, func(context.Context, memberships.Change) (memberships.Membership, error) {
		e := &memberships.Error{Provider: p.Name(), Op: "Lost", Kind: memberships.ErrOutcomeUnknown, Attempts: 1, Err: p.beneath}
		if p.ended != nil {
			e.Kind, e.Err = p.ended, errors.Join(memberships.ErrOutcomeUnknown, p.beneath)
		}
		return memberships.Membership{}, e
	})
}

// Get fails, because a removal by id first reads the membership.
func (p lostProvider) Get(context.Context, memberships.Ref, ...memberships.Option) (memberships.Membership, error) {
	return memberships.Membership{}, errors.New("not read")
}

// lost returns a client of a lostProvider.
func lost(t *testing.T, name string, beneath, ended error) *memberships.Client {
	t.Helper()
	c, err := credentials.OpenEmulator(name)
	if err != nil {
		t.Fatal(err)
	}
	return memberships.New(lostProvider{c.Provider(), beneath, ended})
}

// A change that may have happened is unknown, whatever its error, and its row has the
// command that determines its outcome.
func TestOutcomeUnknownRow(t *testing.T) {
	grace := memberships.Member{Kind: memberships.MemberUser, Email: "grace@example.com"}
	room := memberships.Group{Kind: memberships.KindRoom, ID: "Y2lz"}
	tests := []struct {
		provider string
		op       memberships.Operation
		ch       change
		conn     connect.Flags
		want     string
	}{
		{"webex", memberships.OpAdd, change{ref: memberships.Ref{Group: room, Member: grace}}, connect.Flags{},
			"memberships check --provider webex --group Y2lz --member grace@example.com"},
		{"webex", memberships.OpAdd, change{ref: memberships.Ref{Group: room, Member: grace}, role: memberships.RoleManager}, connect.Flags{},
			"memberships get --provider webex --group Y2lz --member grace@example.com"},
		{"webex", memberships.OpRemove, change{ref: memberships.Ref{Group: memberships.Group{Kind: memberships.KindTeam, ID: "Y2lz"}, Member: grace}}, connect.Flags{},
			"memberships check --provider webex --group team:Y2lz --member grace@example.com"},
		{"webex", memberships.OpRemove, change{ref: memberships.Ref{Group: memberships.Group{Kind: memberships.KindRoom, ID: "short"}, Member: grace}}, connect.Flags{},
			"memberships check --provider webex --group id:short --member grace@example.com"},
		{"webex", memberships.OpRemove, change{ref: memberships.Ref{Group: memberships.Group{Kind: memberships.KindTeam}, ID: "Y2lz"}}, connect.Flags{},
			"memberships get --provider webex --group team: --id Y2lz"},
		{"box", memberships.OpUpdate, change{ref: memberships.Ref{Group: memberships.Group{ID: "9000001"}, Member: memberships.Member{ID: "11"}}, role: memberships.RoleManager},
			connect.Flags{Profile: "my work", Config: "/etc/it's.yaml", BaseURL: "https://proxy.example.com/?a=b"},
			`memberships get --provider box --profile 'my work' --config '/etc/it'\''s.yaml' --base-url 'https://proxy.example.com/?a=b' --group 9000001 --member 11`},
		{"box", memberships.OpRemove, change{ref: memberships.Ref{Group: memberships.Group{Kind: memberships.KindGroup}, ID: "42"}}, connect.Flags{},
			"memberships get --provider box --id 42"},
		{"googlechat", memberships.OpAdd, change{ref: memberships.Ref{Group: memberships.Group{ID: "spaces/AAAA0000001"}, Member: memberships.Member{Kind: memberships.MemberGroup, ID: "g1"}}}, connect.Flags{},
			"memberships check --provider googlechat --group AAAA0000001 --member group:g1"},
		{"pubnub", memberships.OpAdd, change{ref: memberships.Ref{Group: memberships.Group{ID: "channel:a $HOME"}, Member: memberships.Member{ID: "~ada@x"}}}, connect.Flags{},
			"memberships check --provider pubnub --group 'channel:channel:a $HOME' --member 'id:~ada@x'"},
		{"pubnub", memberships.OpRemove, change{ref: memberships.Ref{Group: memberships.Group{ID: "name:x"}, Member: memberships.Member{ID: "-m"}}}, connect.Flags{},
			"memberships check --provider pubnub --group id:name:x --member -m"},
		{"clerk", memberships.OpRemove, change{ref: memberships.Ref{Group: memberships.Group{ID: "org_demo"}, Member: memberships.Member{ID: "=ls"}}}, connect.Flags{},
			"memberships check --provider clerk --group org_demo --member '=ls'"},
	}
	for _, tt := range tests {
		for _, beneath := range []error{
			memberships.ErrUnavailable, memberships.ErrAlreadyExists, memberships.ErrNotMember, memberships.ErrNoSuchMember,
			memberships.ErrNotFound, memberships.ErrPermissionDenied, memberships.ErrInvalidArgument, memberships.ErrConflict,
		} {
			for _, ended := range []error{nil, context.Canceled, context.DeadlineExceeded} {
				c := lost(t, tt.provider, beneath, ended)
				do := &changer{client: c, conn: &tt.conn, op: tt.op, groups: newGroups{client: c}, permissions: &permissionsFlag{}}
				do.groups.known = map[memberships.Group]func() (bool, error){tt.ch.ref.Group: func() (bool, error) { return false, nil }}
				o := only(t, do.outcomes(t.Context(), t.Context(), nil, []change{tt.ch}))
				detail := o.err.Error()
				if o.result != output.ResultUnknown || !o.failed() || o.detail != detail || !errors.Is(o.err, memberships.ErrOutcomeUnknown) || !errors.Is(o.err, beneath) {
					t.Errorf("%s, %v: got %s, %q, %v", tt.want, beneath, o.result, o.detail, o.err)
				}
				notes, command, _ := strings.Cut(detail, "; to find out: ")
				if diff := cmp.Diff(tt.want, command); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if !strings.Contains(notes, "outcome unknown") {
					t.Errorf("got %q", notes)
				}
			}
		}
	}
}

// only returns the one outcome of a sequence.
func only(t *testing.T, seq iter.Seq[outcome]) outcome {
	t.Helper()
	all := slices.Collect(seq)
	if len(all) != 1 {
		t.Fatalf("%d outcomes, want 1", len(all))
	}
	return all[0]
}

// --group parses the text back into the group.
func FuzzGroupArgument(f *testing.F) {
	for _, id := range []string{"org_demo", "name:a", "id:a", "room:Y2lz", "spaces/A", "https://im?space=a", "9000001", "a b"} {
		f.Add(id)
	}
	clients := map[string]*memberships.Client{}
	for _, name := range providers.Names() {
		c, err := credentials.OpenEmulator(name)
		if err != nil {
			f.Fatal(err)
		}
		clients[name] = c
	}
	f.Fuzz(func(t *testing.T, id string) {
		if strings.TrimSpace(id) != id || memberships.CheckID("id", id) != nil {
			t.Skip("no id")
		}
		for _, c := range clients {
			for _, kind := range c.Capabilities().GroupKinds {
				g := memberships.Group{Kind: kind, ID: id}
				text := groupArgument(c, g)
				read, err := argument.ParseGroup(c, text)
				if err != nil || read.Name != "" || !argument.SameGroup(c, read.Group, g) {
					t.Errorf("%s: %v as %q: got %+v, %v", c.Name(), g, text, read, err)
				}
			}
		}
	})
}
