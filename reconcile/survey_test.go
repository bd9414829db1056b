package reconcile_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/reconcile"
)

// sameRooms is a provider whose group "twin" always has the members of "main".
type sameRooms struct{ memberships.Provider }

func (p sameRooms) MemberSet(g memberships.Group) memberships.Group {
	if g.ID == "main" {
		g.ID = "twin"
	}
	return g
}

// surveyed returns the names and numbers of members of a survey's groups.
func surveyed(s *reconcile.Survey) map[string]int {
	out := map[string]int{}
	for _, o := range s.Groups {
		out[o.Name] = len(o.Rows)
	}
	return out
}

func group(id string) memberships.Group { return memberships.Group{Kind: "group", ID: id, Name: id} }

// LookAround lists the groups of every provider, leaves twins out, and keeps an error with
// its group or list.
func TestLookAround(t *testing.T) {
	denied := errors.New("denied")
	failing := memprovider.WithHook(func(_ context.Context, c memprovider.Call) error {
		if c.Operation == memberships.OpList && c.Group.ID == "closed" {
			return denied
		}
		return nil
	})
	a := memprovider.New(memprovider.WithName("a"), memprovider.WithCapabilities(grouped()), failing,
		memprovider.WithGroup(group("main"), manager("1"), member("2")), memprovider.WithGroup(group("twin"), manager("1"), member("2")),
		memprovider.WithGroup(group("closed"), member("1")), memprovider.WithGroup(group("empty")))
	b := memprovider.New(memprovider.WithName("b"), memprovider.WithCapabilities(grouped()), memprovider.WithGroup(group("main"), member("1")))
	mute := memprovider.New(memprovider.WithName("c"), memprovider.WithCapabilities(grouped()), memprovider.WithHook(func(context.Context, memprovider.Call) error { return denied }))
	var clients []*memberships.Client
	for _, p := range []memberships.Provider{mute, b, sameRooms{a}} {
		clients = append(clients, memberships.New(p))
	}

	s := reconcile.LookAround(t.Context(), clients, nil, reconcile.LookOptions{})
	if diff := cmp.Diff(map[string]int{"a/group:main": 2, "a/group:closed": 0, "a/group:empty": 0, "b/group:main": 1}, surveyed(s)); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	for _, o := range s.Groups {
		if failed := o.Err != nil; failed != (o.Group.ID == "closed") {
			t.Errorf("%s: error %v", o.Name, o.Err)
		}
	}
	if !errors.Is(s.Unlisted["c"], denied) || len(s.Unlisted) != 1 {
		t.Errorf("unlisted %v, want the error of c alone", s.Unlisted)
	}
	if diff := cmp.Diff([]reconcile.Twin{{Provider: "a", Group: group("twin"), Of: group("main")}}, s.Twins); diff != "" {
		t.Errorf("twins (-want +got):\n%s", diff)
	}

	only := map[string][]memberships.Group{"a": {group("twin"), group("twin")}}
	s = reconcile.LookAround(t.Context(), clients, only, reconcile.LookOptions{})
	if diff := cmp.Diff(map[string]int{"a/group:twin": 2}, surveyed(s)); diff != "" || len(s.Twins) > 0 || len(s.Unlisted) > 0 {
		t.Errorf("one group: twins %v, unlisted %v (-want +got):\n%s", s.Twins, s.Unlisted, diff)
	}
}

// grouped returns capabilities with the operations of the provider in memory.
func grouped() memberships.Capabilities {
	caps := memprovider.New().Capabilities()
	caps.GroupKinds = []memberships.GroupKind{"group"}
	return caps
}
