package statefile

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
)

// Hash returns the SHA-256 of a state in hexadecimal digits. It depends on no order of a
// list, on no place, and on no name of a group or a person in a provider.
func Hash(d *reconcile.Desired) string {
	text, err := json.Marshal(canonical(d), json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		panic(err) // texts, numbers and truth values alone
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// canonical returns a copy of a state in the form of its file.
func canonical(d *reconcile.Desired) reconcile.Desired {
	c := reconcile.Desired{
		People: make(map[string]reconcile.Person, len(d.People)), Protected: sorted(d.Protected), MaxRunRemovals: new(d.MaxRunRemovals.Or(reconcile.DefaultMaxRunRemovals())),
	}
	for key, p := range d.People {
		ids := maps.Clone(p.IDs)
		for provider, m := range ids {
			ids[provider] = memberships.Member{Kind: cmp.Or(m.Kind, memberships.MemberUser), ID: m.ID}
		}
		c.People[key] = reconcile.Person{Key: key, Email: p.Email, Aliases: sorted(p.Aliases), IDs: ids}
	}
	for _, g := range d.Groups {
		g.MaxRemovals, g.Ceiling = new(g.MaxRemovals.Or(reconcile.DefaultMaxRemovals())), cmp.Or(g.Ceiling, reconcile.DefaultCeiling)
		g.At, g.Ignore, g.Members, g.In = reconcile.Position{}, sorted(g.Ignore), slices.Clone(g.Members), maps.Clone(g.In)
		for i := range g.Members {
			g.Members[i].At = reconcile.Position{}
		}
		slices.SortFunc(g.Members, byPerson)
		for provider, in := range g.In {
			g.In[provider] = memberships.Group{Kind: in.Kind, ID: in.ID}
		}
		c.Groups = append(c.Groups, g)
	}
	slices.SortFunc(c.Groups, func(a, b reconcile.Group) int { return strings.Compare(a.Name, b.Name) })
	return c
}

func sorted(texts []string) []string { return slices.Compact(slices.Sorted(slices.Values(texts))) }

func byPerson(a, b reconcile.Wanted) int { return strings.Compare(a.Person, b.Person) }
