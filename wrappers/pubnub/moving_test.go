package pubnub_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// moving lists the channel demo in pages of size. It calls between before every page, with
// a second client that may change the channel.
func moving(t *testing.T, size int, between func(other *pubnub.Client)) ([]string, error) {
	t.Helper()
	e, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	client := func(id string) *pubnub.Client {
		c, err := pubnub.New(pubnub.WithKeys("demo", "demo"), pubnub.WithUserID(id), option.WithHTTPClient(e.Client()))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	reader, other := client("reader"), client("other")
	e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("uuid") == "reader" {
			between(other)
		}
		return false
	})
	var got []string
	for m, err := range reader.Members.ListByChannel(t.Context(), "demo", pubnub.ListMembersParams{}, option.WithPageSize(size)) {
		if err != nil {
			return got, err
		}
		got = append(got, m.User.ID)
	}
	return got, nil
}

func TestListDuringChanges(t *testing.T) {
	remove := func(t *testing.T, c *pubnub.Client, id string) {
		t.Helper()
		if err := c.Members.Remove(t.Context(), "demo", []string{id}); err != nil {
			t.Fatal(err)
		}
	}
	add := func(t *testing.T, c *pubnub.Client, id string) {
		t.Helper()
		if _, err := c.Members.Add(t.Context(), "demo", userInputs(id), pubnub.WriteParams{}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := moving(t, 100, func(*pubnub.Client) {})
	if err != nil || len(all) != 25 {
		t.Fatalf("got %d members, %v, want 25", len(all), err)
	}
	for name, tc := range map[string]struct {
		at     int // the page before the change
		change func(*testing.T, *pubnub.Client)
		gone   string
		pages  int
	}{
		"no change":                           {0, nil, "", 9},
		"a removal before the position":       {3, func(t *testing.T, c *pubnub.Client) { remove(t, c, all[1]) }, all[1], 3 + 8},
		"a removal of the last listed member": {2, func(t *testing.T, c *pubnub.Client) { remove(t, c, all[2]) }, all[2], 2 + 8},
		"a removal behind the position":       {3, func(t *testing.T, c *pubnub.Client) { remove(t, c, all[20]) }, all[20], 8},
		"an addition before the position":     {3, func(t *testing.T, c *pubnub.Client) { add(t, c, "aaa") }, "", 3 + 9},
		"a removal and an addition before the position": {3, func(t *testing.T, c *pubnub.Client) {
			remove(t, c, all[1])
			add(t, c, "aaa")
		}, all[1], 9},
	} {
		t.Run(name, func(t *testing.T) {
			page := 0
			got, err := moving(t, 3, func(c *pubnub.Client) {
				if page++; page == tc.at {
					tc.change(t, c)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			counts := map[string]int{}
			for _, id := range got {
				counts[id]++
			}
			for _, id := range all {
				if n := counts[id]; n != 1 && (id != tc.gone || n > 1) {
					t.Errorf("%s came %d times", id, n)
				}
			}
			if page != tc.pages {
				t.Errorf("%d pages, want %d", page, tc.pages)
			}
		})
	}
	t.Run("random changes", func(t *testing.T) {
		unstable := 0
		for seed := range uint64(200) {
			rng := rand.New(rand.NewPCG(seed, 5))
			there := slices.Clone(all)
			stayed := map[string]bool{}
			for _, id := range all {
				stayed[id] = true
			}
			got, err := moving(t, 1+rng.IntN(8), func(c *pubnub.Client) {
				switch rng.IntN(12) {
				case 0:
					i := rng.IntN(len(there))
					remove(t, c, there[i])
					delete(stayed, there[i])
					there = slices.Delete(there, i, i+1)
				case 1:
					id := fmt.Sprintf("%c-%d", 'a'+rune(rng.IntN(26)), rng.IntN(1000))
					if !slices.Contains(there, id) {
						add(t, c, id)
						there = append(there, id)
					}
				}
			})
			if errors.Is(err, memberships.ErrUnstable) {
				unstable++
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			for _, id := range got {
				if seen[id] {
					t.Errorf("seed %d: %s came twice", seed, id)
				}
				seen[id] = true
			}
			for id := range stayed {
				if !seen[id] {
					t.Errorf("seed %d: %s was missed", seed, id)
				}
			}
		}
		if unstable == 0 || unstable > 150 {
			t.Errorf("%d of 200 listings were unstable", unstable)
		}
	})
}
