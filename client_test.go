package memberships_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// The Client passes complete and valid arguments to a provider, and refuses all others.
func TestClientChecksArguments(t *testing.T) {
	room, alan := memberships.Group{Kind: memberships.KindRoom, ID: "r"}, memberships.Member{Kind: memberships.MemberUser, ID: "alan"}
	mail := memberships.Member{Kind: memberships.MemberUser, Email: "alan@example.com"}
	tests := []struct {
		name string
		ref  memberships.Ref
		want memberships.Ref
		kind error
	}{
		{name: "kinds are completed", ref: memberships.Ref{Group: group("r"), Member: member("alan")}, want: memberships.Ref{Group: room, Member: alan}},
		{name: "by e-mail address", ref: memberships.Ref{Group: room, Member: memberships.Member{Email: "alan@example.com"}}, want: memberships.Ref{Group: room, Member: mail}},
		{name: "by id", ref: memberships.Ref{ID: "m"}, want: memberships.Ref{ID: "m", Group: memberships.Group{Kind: memberships.KindRoom}}},
		{
			name: "by id and kind", ref: memberships.Ref{ID: "m", Group: memberships.Group{Kind: memberships.KindTeam}},
			want: memberships.Ref{ID: "m", Group: memberships.Group{Kind: memberships.KindTeam}},
		},
		{name: "all of it", ref: memberships.Ref{ID: "m", Group: room, Member: alan}, want: memberships.Ref{ID: "m", Group: room, Member: alan}},
		{
			name: "an id beside a member of a kind that is new", ref: memberships.Ref{ID: "m", Group: room, Member: memberships.Member{Kind: "robot", ID: "x"}},
			want: memberships.Ref{ID: "m", Group: room, Member: memberships.Member{Kind: "robot", ID: "x"}},
		},
		{
			name: "an id beside names", ref: memberships.Ref{ID: "m", Group: memberships.Group{Kind: memberships.KindRoom, Name: "Room"}, Member: memberships.Member{Name: "Alan"}},
			want: memberships.Ref{ID: "m", Group: memberships.Group{Kind: memberships.KindRoom, Name: "Room"}, Member: memberships.Member{Name: "Alan"}},
		},
		{name: "nothing", kind: memberships.ErrInvalidArgument},
		{name: "no member", ref: memberships.Ref{Group: room}, kind: memberships.ErrInvalidArgument},
		{name: "a member by name", ref: memberships.Ref{Group: room, Member: memberships.Member{Name: "Alan"}}, kind: memberships.ErrInvalidArgument},
		{name: "no group", ref: memberships.Ref{Member: alan}, kind: memberships.ErrInvalidArgument},
		{name: "a group by name", ref: memberships.Ref{Group: memberships.Group{Name: "Room"}, Member: alan}, kind: memberships.ErrInvalidArgument},
		{name: "another kind of group", ref: memberships.Ref{Group: memberships.Group{Kind: "space", ID: "r"}, Member: alan}, kind: memberships.ErrInvalidArgument},
		{name: "an id and another kind of group", ref: memberships.Ref{ID: "m", Group: memberships.Group{Kind: "space"}}, kind: memberships.ErrInvalidArgument},
		{name: "an id and a group of another kind", ref: memberships.Ref{ID: "m", Group: memberships.Group{Kind: "space", ID: "r"}, Member: alan}, kind: memberships.ErrInvalidArgument},
		{name: "an id and a hostile group", ref: memberships.Ref{ID: "m", Group: memberships.Group{Kind: memberships.KindRoom, ID: ".."}}, kind: memberships.ErrInvalidArgument},
		{name: "an id and a hostile member", ref: memberships.Ref{ID: "m", Member: member("a\nb")}, kind: memberships.ErrInvalidArgument},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got *memberships.Ref
			c := memberships.New(&stub{caps: able(), get: func(_ context.Context, r memberships.Ref) (membership, error) {
				got = &r
				return membership{}, nil
			}})
			_, err := c.Get(t.Context(), tt.ref)
			if tt.kind != nil {
				wantKind(t, "Get", err, tt.kind)
				if got != nil {
					t.Errorf("the provider was asked for %+v", *got)
				}
				return
			}
			if err != nil || got == nil {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Errorf("the provider was asked (-want +got):\n%s", diff)
			}
		})
	}
}

// Ids that could name something else reach no provider, and no error repeats them raw.
func TestClientRefusesHostileIDs(t *testing.T) {
	c, asked := memory(t, map[string]string{"demo": "ada"})
	ctx := t.Context()
	for _, id := range providertest.HostileIDs() {
		errs := map[string]error{}
		_, errs["list"] = ids(t, c.List(ctx, inGroup(id)))
		_, errs["of"] = ids(t, c.MembershipsOf(ctx, member(id)))
		_, errs["get"] = c.Get(ctx, memberships.Ref{ID: id})
		_, errs["get by address"] = c.Get(ctx, memberships.Ref{Group: group("demo"), Member: memberships.Member{Email: id}})
		_, errs["get beside an id"] = c.Get(ctx, memberships.Ref{Group: group("demo"), Member: memberships.Member{ID: "ada", Email: id + "\n"}})
		_, errs["add"] = c.Add(ctx, group("demo"), member(id), "")
		_, errs["add as"] = c.Add(ctx, group("demo"), member("ada"), memberships.Role("x"+id+"\n"))
		_, errs["resolve"] = c.Resolve(ctx, memberships.Member{Email: id})
		_, errs["kind"] = c.Get(ctx, memberships.Ref{ID: "m", Group: memberships.Group{Kind: memberships.GroupKind("x" + id)}})
		_, errs["member kind"] = c.Add(ctx, group("demo"), memberships.Member{Kind: memberships.MemberKind("x" + id), ID: "x"}, "")
		_, errs["many"] = ids(t, c.ListMany(ctx, []memberships.Group{group(id)}, memberships.ManyOptions{}))
		for what, err := range errs {
			wantKind(t, what, err, memberships.ErrInvalidArgument)
			if err != nil && strings.ContainsAny(err.Error(), "\x00\n\r\t\x1b\x7f\u0085\u009b\u2028\u2029") {
				t.Errorf("%s of %q: the error breaks the line: %q", what, id, err)
			}
		}
	}
	if *asked != 0 {
		t.Errorf("the provider was asked %d times", *asked)
	}
}

func TestClientWithoutEmail(t *testing.T) {
	caps := able()
	caps.Email = false
	c := memberships.New(memprovider.New(memprovider.WithCapabilities(caps), memprovider.WithHook(func(context.Context, memprovider.Call) error {
		t.Error("the provider was asked")
		return nil
	})))
	who := memberships.Member{Email: "ada@example.com"}
	_, err := c.Add(t.Context(), group("r"), who, "")
	wantKind(t, "Add", err, memberships.ErrUnsupported)
	_, err = c.Resolve(t.Context(), who)
	wantKind(t, "Resolve", err, memberships.ErrUnsupported)
	_, err = ids(t, c.MembershipsOf(t.Context(), who))
	wantKind(t, "MembershipsOf", err, memberships.ErrUnsupported)
}

// A provider may have less than its interface: what it does not implement is unsupported.
func TestClientOfPlainProvider(t *testing.T) {
	c := memberships.New(&stub{caps: able()})
	_, err := c.Diagnose(t.Context())
	wantKind(t, "Diagnose", err, memberships.ErrUnsupported)
	_, err = c.Resolve(t.Context(), memberships.Member{Email: "ada@example.com"})
	wantKind(t, "Resolve", err, memberships.ErrUnsupported)
	for _, err := range c.Groups(t.Context()) {
		wantKind(t, "Groups", err, memberships.ErrUnsupported)
	}
}

func TestClientRoles(t *testing.T) {
	own := able()
	own.OwnRoles = true
	tests := []struct {
		name string
		caps memberships.Capabilities
		role memberships.Role
		ok   bool
	}{
		{"none", able(), "", true},
		{"portable", able(), memberships.RoleManager, true},
		{"portable, not the provider's", able(), memberships.RoleOwner, false},
		{"own, not taken", able(), "editor", false},
		{"own", own, "editor", true},
		{"portable, not the provider's, among own ones", own, memberships.RoleOwner, false},
		{"unknown", own, memberships.RoleUnknown, false},
		{"own with a control character", own, "a\x00b", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := memprovider.New(memprovider.WithCapabilities(tt.caps), memprovider.WithPageSize(3), memprovider.WithPeople(member("ada")),
				memprovider.WithGroup(memberships.Group{Kind: memberships.KindRoom, ID: "r"}))
			_, err := memberships.New(p).Add(t.Context(), group("r"), member("ada"), tt.role)
			if tt.ok && err != nil {
				t.Errorf("got %v", err)
			}
			if !tt.ok {
				wantKind(t, "Add", err, memberships.ErrInvalidArgument)
			}
		})
	}
}

// Errors that are not the contract's become an *Error. Only the caller's own context
// makes one of its kind.
func TestClientWrapsErrors(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	plain := errors.New("no route to host")
	tests := []struct {
		name string
		ctx  context.Context
		err  error
		kind error
	}{
		{"anything", t.Context(), plain, memberships.ErrUnavailable},
		{"of the contract", t.Context(), &memberships.Error{Provider: "other", Op: "x", Kind: memberships.ErrConflict}, memberships.ErrConflict},
		{"the context's", ended, context.Canceled, context.Canceled},
		{"a deadline of the provider's own", t.Context(), context.DeadlineExceeded, memberships.ErrUnavailable},
		{"something else, late", ended, plain, memberships.ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := memberships.New(&stub{caps: able(), get: func(context.Context, memberships.Ref) (membership, error) { return membership{}, tt.err }})
			_, err := c.Get(tt.ctx, memberships.Ref{ID: "m"})
			var e *memberships.Error
			if !errors.As(err, &e) || e.Kind != tt.kind || !errors.Is(err, tt.err) {
				t.Errorf("got %v, want the kind %v around %v", err, tt.kind, tt.err)
			}
		})
	}
}

func TestNativeClient(t *testing.T) {
	p := memprovider.New()
	c := memberships.New(p)
	if got, ok := memberships.NativeClient[*memprovider.Provider](c); !ok || got != p || c.Provider() != p || c.Name() != "memory" {
		t.Errorf("got %v", got)
	}
	if got, ok := memberships.NativeClient[*int](c); ok || got != nil {
		t.Errorf("got %v of another type", got)
	}
}

// groupsOf is a provider with groups of the test's.
type groupsOf struct {
	stub
	seq iter.Seq2[memberships.Group, error]
}

func (g *groupsOf) Groups(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[memberships.Group, error] {
	return g.seq
}

// A provider that goes on after an error is not followed.
func TestGroupsEndsAtError(t *testing.T) {
	c := memberships.New(&groupsOf{stub{caps: able()}, func(yield func(memberships.Group, error) bool) {
		_ = yield(group("a"), nil) && yield(memberships.Group{}, errors.New("lost")) && yield(group("b"), nil)
	}})
	var got []string
	for g, err := range c.Groups(t.Context()) {
		if err != nil {
			wantKind(t, "Groups", err, memberships.ErrUnavailable)
		}
		got = append(got, g.ID)
	}
	if diff := cmp.Diff([]string{"a", ""}, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}
