package statefile

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/reconcile"
)

// ImportOptions sets the state that Import makes.
type ImportOptions struct {
	// Mode is the mode of the groups, reconcile.ModeAdditive if it is empty.
	Mode reconcile.Mode
}

// Imported is the desired state that keeps groups as they are.
type Imported struct {
	Desired  *reconcile.Desired
	Comments Comments
	// Incomplete are the groups that were not read as a whole, in the order of the
	// observation. Their mode is reconcile.ModeAdditive.
	Incomplete []Incomplete
	// Direct is the number of conversations of two people, which are left out.
	Direct int
}

// Incomplete is a group that was not read as a whole.
type Incomplete struct {
	Name     string // in the file
	Provider string
	Group    memberships.Group
	Err      error
}

// Write writes the state with its comments.
func (i *Imported) Write(w io.Writer) error { return i.Comments.Write(w, i.Desired) }

// Import returns the state whose plan changes nothing: an entry for each observed group with
// its present members, invited ones among them. Accounts of several providers with the same
// address are one person, whose key is the first part of the address. A person without an
// address has the provider and the id as the key. Ids of others are in the file only where an
// address may not identify one account.
//
// Apps and groups as members are left out, because a plan leaves them alone. A group whose
// members the file cannot state exactly has the mode reconcile.ModeAdditive, whatever the
// options say, and a comment with the reason. Import sends nothing.
func Import(seen *reconcile.Observed, o ImportOptions) *Imported {
	i := &importer{seen: seen, mode: cmp.Or(o.Mode, reconcile.ModeAdditive), people: findPeople(seen)}
	i.out = &Imported{
		Desired:  &reconcile.Desired{People: i.people.all},
		Comments: Comments{People: i.people.comments, Groups: map[string][]string{}},
	}
	names := groupNames(seen)
	for at := range seen.Groups {
		if isDirect(&seen.Groups[at]) {
			i.out.Direct++
			continue
		}
		i.group(names[at], &seen.Groups[at])
	}
	i.out.Desired.Hash = Hash(i.out.Desired)
	return i.out
}

// isDirect reports whether a group is a conversation of two people.
func isDirect(o *reconcile.Observation) bool {
	return slices.ContainsFunc(o.Rows, func(m memberships.Membership) bool { return m.Direct })
}

// importer makes the state of one Import.
type importer struct {
	seen   *reconcile.Observed
	mode   reconcile.Mode
	people *importedPeople
	out    *Imported
}

// group adds an observed group.
func (i *importer) group(name string, o *reconcile.Observation) {
	members := importedMembers{caps: i.seen.Capabilities[o.Provider], people: i.people, o: o}
	members.read()
	g := reconcile.Group{
		Name: name, Mode: i.mode, In: map[string]memberships.Group{o.Provider: shortGroup(members.caps, o.Group)}, Members: members.wanted,
	}
	slices.SortFunc(g.Members, byPerson)
	var comments, inexact []string
	if err := incomplete(o); err != nil {
		i.out.Incomplete = append(i.out.Incomplete, Incomplete{name, o.Provider, o.Group, err})
		g.Mode = reconcile.ModeAdditive
		comments = append(comments, "not read as a whole, and additive for that reason: "+err.Error())
	}
	if i.mode != reconcile.ModeAdditive {
		inexact = members.inexact()
	}
	if i.mode == reconcile.ModeAuthoritative && len(g.Members) == 0 {
		inexact = append(inexact, "the group has no members")
	}
	for _, why := range inexact {
		g.Mode = reconcile.ModeAdditive
		comments = append(comments, "additive: "+why)
	}
	if n := members.others; n > 0 {
		comments = append(comments, "apps and groups that are left out: "+phrase.Number(int64(n)))
	}
	if comments != nil {
		i.out.Comments.Groups[name] = comments
	}
	i.out.Desired.Groups = append(i.out.Desired.Groups, g)
}

// incomplete returns the reason why an observation is not the whole group, nil if it is.
func incomplete(o *reconcile.Observation) error {
	if o.Err != nil {
		return o.Err
	}
	if hidden := o.Coverage.Hidden(); len(hidden) > 0 {
		return errors.New(hidden[0].String())
	}
	return nil
}

// shortGroup returns a group without a kind and name that a file does not need.
func shortGroup(caps memberships.Capabilities, g memberships.Group) memberships.Group {
	short := memberships.Group{Kind: g.Kind, ID: g.ID}
	if len(caps.GroupKinds) == 1 && caps.GroupKinds[0] == g.Kind && memberships.ParseGroup(g.ID).Kind == "" {
		short.Kind = ""
	}
	return short
}

// importedMembers are the members of one group.
type importedMembers struct {
	caps   memberships.Capabilities
	people *importedPeople
	o      *reconcile.Observation

	wanted   []reconcile.Wanted
	others   int // apps and groups
	unnamed  int // members without id and address
	roleless int // members with a role that cannot be given
	twice    []string
}

// read reads the rows. Of two rows of one person, the membership counts before the
// invitation.
func (m *importedMembers) read() {
	at := map[string]int{}
	for _, row := range m.o.Rows {
		if !isPerson(row.Member) {
			m.others++
			continue
		}
		key, ok := m.people.keyOf(m.o.Provider, row.Member)
		if !ok {
			m.unnamed++
			continue
		}
		w := reconcile.Wanted{Person: key, Role: m.role(row)}
		if i, twice := at[key]; twice {
			m.twice = append(m.twice, key)
			if row.State != memberships.StateInvited {
				m.wanted[i] = w
			}
			continue
		}
		at[key] = len(m.wanted)
		m.wanted = append(m.wanted, w)
	}
}

// role returns the role of a row as a file has it: the portable one, or the provider's name.
func (m *importedMembers) role(row memberships.Membership) memberships.Role {
	name := memberships.Role(row.RoleName)
	portableName := slices.Contains([]memberships.Role{"", memberships.RoleUnknown, memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner}, name)
	switch {
	case slices.Contains(m.caps.Roles, row.Role):
		return row.Role
	case m.caps.OwnRoles && !portableName && memberships.CheckID("", row.RoleName) == nil:
		return name
	}
	m.roleless++
	return memberships.RoleMember
}

// inexact returns the reasons why a plan in another mode than additive might change the
// group.
func (m *importedMembers) inexact() []string {
	var all []string
	if m.unnamed > 0 {
		all = append(all, phrase.Count(m.unnamed, "member")+" without id and address")
	}
	if m.roleless > 0 {
		all = append(all, phrase.Count(m.roleless, "member")+" with a role that the provider does not let others give")
	}
	for _, key := range m.twice {
		all = append(all, fmt.Sprintf("%s is in the group twice", phrase.Quote(key)))
	}
	return all
}

func isPerson(m memberships.Member) bool { return m.Kind == "" || m.Kind == memberships.MemberUser }
