package corpus_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/bench/internal/corpus"
)

// The measured ratios depend on these sizes of members.
func TestSizes(t *testing.T) {
	for provider, want := range map[string]float64{"clerk": 1200, "webex": 630, "box": 330, "pubnub": 300, "googlechat": 280} {
		items := corpus.Items(provider)
		var page []byte
		for i := range items {
			page = items[i].Append(page, corpus.Group{Size: len(items)}, i)
		}
		if got := float64(len(page)) / float64(len(items)); math.Abs(got-want) > 0.06*want {
			t.Errorf("a member of %s has %.0f bytes, want about %.0f", provider, got, want)
		}
	}
}

func TestNoTwoMembersAreTheSame(t *testing.T) {
	for _, provider := range corpus.Providers {
		seen := map[string]bool{}
		items := corpus.Items(provider)
		for _, g := range []corpus.Group{{Size: 1000}, {Size: 1000, Index: 1}} {
			for i := range g.Size {
				text := items[i%len(items)].Append(nil, g, i)
				if !json.Valid(text) {
					t.Fatalf("%s: not JSON: %s", provider, text)
				}
				if seen[string(text)] {
					t.Fatalf("%s: member %d of group %d is there twice", provider, i, g.Index)
				}
				seen[string(text)] = true
			}
		}
	}
}

func TestGroups(t *testing.T) {
	for _, g := range []corpus.Group{{Size: 200_000}, {Size: 10_000, Index: 9999}, {}} {
		got, err := corpus.ParseGroup(g.ID())
		if err != nil || got != g {
			t.Errorf("ParseGroup(%q) = %v, %v", g.ID(), got, err)
		}
	}
	for _, id := range []string{"", "5", "-1-0", "5-x", "5-10000", "1000001-0", "a-b"} {
		if g, err := corpus.ParseGroup(id); err == nil {
			t.Errorf("ParseGroup(%q) = %v, want an error", id, g)
		}
	}
}

func TestSplit(t *testing.T) {
	tests := []struct {
		provider string
		members  int
		want     []corpus.Group
	}{
		{"clerk", 25_000, []corpus.Group{{Size: 25_000}}},
		{"box", 25_000, []corpus.Group{{Size: 10_000}, {Size: 10_000, Index: 1}, {Size: 5_000, Index: 2}}},
		{"box", 10_000, []corpus.Group{{Size: 10_000}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, corpus.Split(tt.provider, tt.members)); diff != "" {
			t.Errorf("Split(%s, %d): (-want +got)\n%s", tt.provider, tt.members, diff)
		}
	}
}
