package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

// view is a snapshot in the order of its report.
type view struct {
	*snapshot.Snapshot
	Options
	people    []*person
	sets      []*set
	providers []string
	home      []string
	marks     map[mark]int
	// gaps are the gaps of single groups.
	gapsOf  map[memberships.Group][]memberships.Gap
	renamed map[place]string // former names of groups
	// present is the number of rows of the snapshot itself.
	present int
}

// person is one identity with its rows, which are in the order of the groups.
type person struct {
	identity
	name  string
	rows  []inGroup
	at    int // the place in view.people
	rank  int // of the highest role that is not gone
	count int // groups that the person is still in

	guest, outsider, invited, noAddress bool
}

// inGroup is a row with its group.
type inGroup struct {
	*row
	set *set
	at  int // the place in set.rows
}

// set is a group with its rows.
type set struct {
	place
	name string
	rows []row
	at   int // the place in view.sets
}

// goneRank follows the ranks of roles.
const goneRank = 4

func newView(s *snapshot.Snapshot, o Options) *view {
	ids := &identities{map[account]string{}}
	ids.learn(s.Rows)
	if o.Since != nil {
		ids.learn(o.Since.Rows)
	}
	v := &view{Snapshot: s, Options: o, marks: map[mark]int{}, gapsOf: map[memberships.Group][]memberships.Gap{}}
	for _, g := range s.Coverage.Gaps {
		if g.Group.ID != "" {
			v.gapsOf[keyOf(g.Group)] = append(v.gapsOf[keyOf(g.Group)], g)
		}
	}
	rows, renamed := compare(o.Since, s)
	v.renamed = renamed
	v.meet(rows, ids)
	v.collect(rows)
	v.place()
	return v
}

// keyOf returns a group without its name.
func keyOf(g memberships.Group) memberships.Group {
	return memberships.Group{Kind: g.Kind, ID: g.ID}
}

// meet makes the people of rows.
func (v *view) meet(rows []row, ids *identities) {
	people := map[identity]*person{}
	for i := range rows {
		r := &rows[i]
		who := ids.of(r.Membership)
		if who.address == "" && who.id == "" { // nothing tells two of them apart or joins them
			who.unknown = i + 1
		}
		p, ok := people[who]
		if !ok {
			p = &person{identity: who, rank: goneRank}
			people[who] = p
			v.people = append(v.people, p)
		}
		r.person = p
		v.marks[r.mark]++
		if r.mark.gone() {
			continue
		}
		v.present++
		p.rank = min(p.rank, rank(r.Role))
		p.guest = p.guest || guest(r.Membership)
		p.invited = p.invited || r.State == memberships.StateInvited
	}
	v.home = v.HomeDomains
	if len(v.home) == 0 {
		v.home = homeOf(v.people)
	}
	for _, p := range v.people {
		p.outsider = p.address != "" && len(v.home) > 0 && !slices.ContainsFunc(v.home, func(d string) bool { return strings.EqualFold(d, domain(p.address)) })
		p.noAddress = p.address == "" && p.kind == memberships.MemberUser
	}
}

// guest reports whether the provider's own name of the role calls the member one.
func guest(m *memberships.Membership) bool {
	return strings.Contains(strings.ToLower(m.RoleName), "guest")
}

// collect makes the groups of rows.
func (v *view) collect(rows []row) {
	sets := map[place]*set{}
	for _, r := range rows {
		at := placeOf(r.Membership)
		g, ok := sets[at]
		if !ok {
			g = &set{place: at}
			sets[at] = g
			v.sets = append(v.sets, g)
		}
		g.rows = append(g.rows, r)
	}
	for _, g := range v.sets {
		g.name = groupName(g.rows)
	}
}

// groupName returns the first name in alphabetical order of the rows that are not gone, or
// else of all rows.
func groupName(rows []row) string {
	best, former := "", true
	for i := range rows {
		name, gone := rows[i].Group.Name, rows[i].mark.gone()
		switch {
		case name == "":
		case best == "", former && !gone, former == gone && name < best:
			best, former = name, gone
		}
	}
	return best
}

// place puts people and groups in their order: managers and owners first, groups by provider
// and name.
func (v *view) place() {
	v.providers = slices.Clone(v.Providers)
	slices.SortFunc(v.sets, func(a, b *set) int {
		return cmp.Or(cmp.Compare(a.provider, b.provider), compareText(a.title(), b.title()), cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id))
	})
	for i, g := range v.sets {
		g.at = i
		if !slices.Contains(v.providers, g.provider) {
			v.providers = append(v.providers, g.provider)
		}
		slices.SortFunc(g.rows, compareRows)
		for j := range g.rows {
			r := &g.rows[j]
			r.person.rows = append(r.person.rows, inGroup{r, g, j})
		}
	}
	slices.Sort(v.providers)
	for _, p := range v.people {
		p.settle()
	}
	slices.SortFunc(v.people, func(a, b *person) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), compareText(a.title(), b.title()), compareIdentity(a.identity, b.identity),
			cmp.Compare(a.rows[0].set.at, b.rows[0].set.at), cmp.Compare(a.rows[0].at, b.rows[0].at))
	})
	for i, p := range v.people {
		p.at = i
	}
}

// settle counts the groups of a person and finds the name.
func (p *person) settle() {
	p.count = 0
	var last *set
	gone := true
	for _, r := range p.rows {
		if !r.mark.gone() && r.set != last {
			p.count++
			last = r.set
		}
		if name := r.Member.Name; name != "" && (p.name == "" || gone && !r.mark.gone()) {
			p.name, gone = name, r.mark.gone()
		}
	}
}

// compareRows orders the rows of a group: removed ones last, then by role, name and
// identity. The rest makes the order independent of that of the snapshot.
func compareRows(a, b row) int {
	gone := func(r row) int {
		if r.mark.gone() {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(gone(a), gone(b)), cmp.Compare(rank(a.Role), rank(b.Role)), compareText(nameOf(a), nameOf(b)),
		compareIdentity(a.person.identity, b.person.identity), compareMemberships(a.Membership, b.Membership),
	)
}

// compareMemberships orders the rows of one identity in one group.
func compareMemberships(a, b *memberships.Membership) int {
	return cmp.Or(
		compareStanding(a, b), cmp.Compare(a.Member.Name, b.Member.Name), cmp.Compare(a.Member.Email, b.Member.Email), cmp.Compare(a.Member.ID, b.Member.ID),
		a.Created.Compare(b.Created), a.Expires.Compare(b.Expires), cmp.Compare(a.ID, b.ID),
	)
}

func compareIdentity(a, b identity) int {
	return cmp.Or(cmp.Compare(a.address, b.address), cmp.Compare(a.provider, b.provider), cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id))
}

// compareText compares texts without regard to letter case first.
func compareText(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}

// title returns the name of a group, or else its id.
func (g *set) title() string { return titleOf(g.name, g.id) }

// title returns the name of a person, or else the address or id.
func (p *person) title() string { return titleOf(p.name, cmp.Or(p.address, p.id)) }

// nameOf returns the name of a row's member, or else the address or id.
func nameOf(r row) string {
	return titleOf(r.Member.Name, cmp.Or(r.Member.Email, r.person.address, r.Member.ID))
}

// titleOf returns a name that has more than spaces, or else the other text.
func titleOf(name, other string) string {
	if strings.TrimSpace(name) != "" {
		return name
	}
	return cmp.Or(other, "without an identity")
}

// over reports whether an invitation had ended at the time of the snapshot.
func (v *view) over(t time.Time) bool { return !t.IsZero() && t.Before(v.Taken) }
