package portable

import "github.com/memberships-go/memberships"

// Once tells the first membership of a group from repeats in a listing of one member, whose
// pages of groups may overlap. The zero value is ready. It is not safe for concurrent use.
type Once map[memberships.Group]bool

// First reports whether m is the first membership of its group. A membership without the id
// of its group always is.
func (o *Once) First(m memberships.Membership) bool {
	g := memberships.Group{Kind: m.Group.Kind, ID: m.Group.ID}
	if g.ID == "" {
		return true
	}
	if *o == nil {
		*o = Once{}
	}
	first := !(*o)[g]
	(*o)[g] = true
	return first
}
