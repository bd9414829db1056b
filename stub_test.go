package memberships_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

type (
	membership = memberships.Membership
	page       = memberships.Page[memberships.Membership]
)

// stub is a provider whose methods are the test's. Those that are not set panic.
type stub struct {
	memberships.Unsupported
	caps     memberships.Capabilities
	listPage func(context.Context, memberships.Query, memberships.PageRequest) (*page, error)
	get      func(context.Context, memberships.Ref) (membership, error)
	apply    func(memberships.Change) (membership, error)
}

func (*stub) Name() string                             { return "stub" }
func (s *stub) Capabilities() memberships.Capabilities { return s.caps }
func (s *stub) Get(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
	return s.get(ctx, r)
}

func (s *stub) ListPage(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
	return s.listPage(ctx, q, r)
}

func (s *stub) List(ctx context.Context, q memberships.Query, pass *memberships.Summary) iter.Seq2[membership, error] {
	return memberships.ListByPage(ctx, s.listPage, q, pass)
}

func (s *stub) Apply(ctx context.Context, changes []memberships.Change, _ ...memberships.Option) iter.Seq2[memberships.Result, error] {
	return memberships.ApplyEach(ctx, changes, func(_ context.Context, ch memberships.Change) (membership, error) { return s.apply(ch) })
}

// able declares everything for rooms and teams.
func able() memberships.Capabilities {
	return memberships.Capabilities{
		Operations:    memberships.Operations(),
		GroupKinds:    []memberships.GroupKind{memberships.KindRoom, memberships.KindTeam},
		SearchedKinds: []memberships.GroupKind{memberships.KindRoom},
		MemberKinds:   []memberships.MemberKind{memberships.MemberUser},
		Roles:         []memberships.Role{memberships.RoleMember, memberships.RoleManager},
		Email:         true,
		MaxPageSize:   10,
	}
}

// memory returns a client of groups with the given members, in pages of three, and how
// often it was asked.
func memory(t *testing.T, groups map[string]string) (*memberships.Client, *int) {
	t.Helper()
	asked, mu := new(int), new(sync.Mutex)
	opts := []memprovider.Option{memprovider.WithPageSize(3), memprovider.WithHook(func(context.Context, memprovider.Call) error {
		mu.Lock() // ListMany asks from several goroutines
		defer mu.Unlock()
		*asked++
		return nil
	})}
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		var members []membership
		for name := range strings.FieldsSeq(groups[id]) {
			members = append(members, membership{Member: memberships.Member{ID: name, Email: name + "@example.com"}})
		}
		opts = append(opts, memprovider.WithGroup(memberships.Group{ID: id}, members...))
	}
	return memberships.New(memprovider.New(opts...)), asked
}

// ids reads a listing; an error has to be the last thing.
func ids(t *testing.T, seq iter.Seq2[membership, error]) (out []string, err error) {
	t.Helper()
	for m, e := range seq {
		if err != nil {
			t.Fatalf("the listing went on after %v", err)
		}
		if err = e; err == nil {
			out = append(out, m.Member.ID)
		}
	}
	return out, err
}

// wantKind says that err is an *Error of the kind, with provider and operation.
func wantKind(t *testing.T, what string, err, kind error) {
	t.Helper()
	var e *memberships.Error
	if !errors.As(err, &e) || !errors.Is(err, kind) || e.Provider == "" || e.Op == "" {
		t.Errorf("%s: got %v, want an *Error of the kind %v with provider and operation", what, err, kind)
	}
}

// wantEnd says that a listing gave these members and ended like that, nil for well.
func wantEnd(t *testing.T, seq iter.Seq2[membership, error], want []string, kind error) {
	t.Helper()
	got, err := ids(t, seq)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if kind != nil {
		wantKind(t, "the listing", err, kind)
	} else if err != nil {
		t.Error(err)
	}
}

func group(id string) memberships.Group    { return memberships.Group{ID: id} }
func inGroup(id string) memberships.Filter { return memberships.Filter{Group: group(id)} }
func member(id string) memberships.Member  { return memberships.Member{ID: id} }
