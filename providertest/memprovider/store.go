package memprovider

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/memberships-go/memberships"
)

// store has the directory, the groups and their memberships. Its methods require mu.
type store struct {
	mu      sync.Mutex
	people  []memberships.Member
	byID    map[string]memberships.Member
	groups  []memberships.Group
	records []*Record // in the order in which they came
	veils   map[memberships.Group]*veil
	made    int
	now     func() time.Time
	// lifetime is that of an invitation; 0 is without an end.
	lifetime time.Duration
	log      eventLog
}

// Record is a stored membership. As the native value of a memberships.Membership it is an
// immutable copy.
type Record struct {
	// Serial counts the memberships that were ever made.
	Serial   int
	Group    memberships.Group
	MemberID string // empty for an invitation of an address
	Email    string // the address of an invitation, else empty
	// Role is its own name, such as "member" or "editor".
	Role             string
	State            memberships.State
	Created, Updated time.Time
	// Expires is the end of an invitation of an address, zero if it has none.
	Expires time.Time
}

var (
	start      = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	errNoGroup = errors.New("there is no such group")
)

func (s *store) clock() time.Time {
	if s.now != nil {
		return s.now()
	}
	return start.Add(time.Duration(s.made) * time.Second)
}

// adds a person to the directory, and returns who is there under the id.
func (s *store) know(m memberships.Member) memberships.Member {
	if m.Kind == "" {
		m.Kind = memberships.MemberUser
	}
	if known, ok := s.byID[m.ID]; ok {
		return known
	}
	if s.byID == nil {
		s.byID = map[string]memberships.Member{}
	}
	s.byID[m.ID] = m
	s.people = append(s.people, m)
	return m
}

// put adds a member to a group, or changes one.
func (s *store) put(g memberships.Group, member, roleName string, role memberships.Role, state memberships.State) *Record {
	s.made++
	r, kind := s.find(g, member), memberships.EventUpdated
	if r == nil {
		kind = memberships.EventCreated
		s.endInvitation(g, s.byID[member].Email)
		r = &Record{Serial: s.made, Group: g, MemberID: member, Created: s.clock()}
		s.records = append(s.records, r)
	}
	r.Role = cmp.Or(roleName, string(role), string(memberships.RoleMember))
	r.State = cmp.Or(state, memberships.StateActive)
	r.Updated = s.clock()
	s.log.add(kind, r)
	return r
}

// invite makes an invitation of an address to a group.
func (s *store) invite(g memberships.Group, email string, role memberships.Role) *Record {
	s.made++
	now := s.clock()
	r := &Record{
		Serial: s.made, Group: g, Email: email, Role: cmp.Or(string(role), string(memberships.RoleMember)),
		State: memberships.StateInvited, Created: now, Updated: now,
	}
	if s.lifetime > 0 {
		r.Expires = now.Add(s.lifetime)
	}
	s.records = append(s.records, r)
	s.log.add(memberships.EventCreated, r)
	return r
}

// invitation finds the invitation of an address to a group, ignoring case.
func (s *store) invitation(g memberships.Group, email string) *Record {
	for _, r := range s.records {
		if r.invites(email) && r.Group.Kind == g.Kind && r.Group.ID == g.ID {
			return r
		}
	}
	return nil
}

// invites reports whether a record is an invitation of an address.
func (r *Record) invites(email string) bool {
	return r.Email != "" && strings.EqualFold(r.Email, email)
}

func (s *store) endInvitation(g memberships.Group, email string) {
	if r := s.invitation(g, email); r != nil {
		s.drop(r)
	}
}

// expire drops the invitations that have ended. It asks for the time only if an invitation
// can end.
func (s *store) expire() {
	ends := func(r *Record) bool { return !r.Expires.IsZero() }
	if !slices.ContainsFunc(s.records, ends) {
		return
	}
	now := s.clock()
	for _, r := range slices.Clone(s.records) {
		if ends(r) && !now.Before(r.Expires) {
			s.drop(r)
		}
	}
}

func (s *store) drop(r *Record) {
	s.records = slices.DeleteFunc(s.records, func(o *Record) bool { return o == r })
	s.log.add(memberships.EventDeleted, r)
}

// veil is what listings of a group do not show.
type veil struct {
	gaps []memberships.Gap
	ids  map[string]bool // of members, by keyOf
}

// keyOf identifies a member by id, or the invitation of an address.
func keyOf(id, email string) string {
	if id != "" {
		return "id:" + id
	}
	return "email:" + strings.ToLower(email)
}

func (v *veil) hides(r *Record) bool { return v.ids[keyOf(r.MemberID, r.Email)] }

// veil is that of a group, an empty one if there is none.
func (s *store) veil(g memberships.Group) *veil {
	if v := s.veils[memberships.Group{Kind: g.Kind, ID: g.ID}]; v != nil {
		return v
	}
	return &veil{}
}

// ofAll reports whether a query is for the members of all groups.
func ofAll(q memberships.Query) bool { return q.Group.ID == "" && q.Member == memberships.Member{} }

// gaps are those of a listing. Each gap of a listing of all groups has its group.
func (s *store) gaps(q memberships.Query) []memberships.Gap {
	if !ofAll(q) {
		return slices.Clone(s.veil(q.Group).gaps)
	}
	var all []memberships.Gap
	for _, g := range s.groups {
		for _, gap := range s.veil(g).gaps {
			if gap.Group == (memberships.Group{}) {
				gap.Group = memberships.Group{Kind: g.Kind, ID: g.ID}
			}
			all = append(all, gap)
		}
	}
	return all
}

// hidden is why a member who is not shown may be in the group all the same, nil if the
// whole group is shown.
func (v *veil) hidden() error {
	if c := (memberships.Coverage{Gaps: slices.Clone(v.gaps)}); len(c.Hidden()) > 0 {
		return &memberships.HiddenError{Coverage: c}
	}
	return nil
}

func (s *store) group(g memberships.Group) (memberships.Group, bool) {
	i := slices.IndexFunc(s.groups, func(o memberships.Group) bool { return o.Kind == g.Kind && o.ID == g.ID })
	if i < 0 {
		return memberships.Group{}, false
	}
	return s.groups[i], true
}

// person finds a person in the directory, by id if there is one.
func (s *store) person(m memberships.Member) (memberships.Member, error) {
	if m.ID != "" {
		if p, ok := s.byID[m.ID]; ok {
			return p, nil
		}
		return memberships.Member{}, memberships.ErrNotFound
	}
	var found []memberships.Member
	for _, p := range s.people {
		if strings.EqualFold(p.Email, m.Email) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return memberships.Member{}, memberships.ErrNoSuchMember
	case 1:
		return found[0], nil
	}
	return memberships.Member{}, memberships.ErrAmbiguous
}

func (s *store) find(g memberships.Group, member string) *Record {
	for _, r := range s.records {
		if r.MemberID == member && r.Group.Kind == g.Kind && r.Group.ID == g.ID {
			return r
		}
	}
	return nil
}

// named finds the membership that a ref names. The second error is the cause of the first.
func (s *store) named(ref memberships.Ref) (_ *Record, kind, cause error) {
	r, err := s.kept(ref)
	if err == nil && !s.veil(r.Group).hides(r) {
		return r, nil, nil
	}
	g := ref.Group
	if err == nil {
		g, err = r.Group, memberships.ErrNotMember // which the memory does not say of those it hides
	}
	if hidden := s.veil(g).hidden(); hidden != nil && errors.Is(err, memberships.ErrNotMember) {
		return nil, memberships.ErrUndetermined, hidden
	}
	return nil, err, nil
}

// kept is named without what is hidden.
func (s *store) kept(ref memberships.Ref) (*Record, error) {
	if ref.ID != "" {
		for _, r := range s.records {
			if r.id() == ref.ID && r.Group.Kind == ref.Group.Kind {
				return r, nil
			}
		}
		return nil, memberships.ErrNotFound
	}
	if _, ok := s.group(ref.Group); !ok {
		return nil, memberships.ErrNotFound
	}
	if r := s.invitation(ref.Group, ref.Member.Email); r != nil && ref.Member.ID == "" {
		return r, nil
	}
	who := ref.Member
	if who.ID == "" {
		var err error
		if who, err = s.person(who); err != nil {
			return nil, err
		}
	}
	if r := s.find(ref.Group, who.ID); r != nil {
		return r, nil
	}
	if r := s.invitation(ref.Group, s.byID[who.ID].Email); r != nil {
		return r, nil
	}
	return nil, memberships.ErrNotMember
}

// listed is the whole listing of a group, of a member in groups of some kinds, or of all
// groups.
func (s *store) listed(q memberships.Query, kinds []memberships.GroupKind) ([]*Record, error) {
	var who memberships.Member
	switch {
	case q.Group.ID != "":
		if _, ok := s.group(q.Group); !ok {
			return nil, memberships.ErrNotFound
		}
	case !ofAll(q):
		var err error
		if who, err = s.invitee(q.Member); err != nil {
			return nil, err
		}
	}
	var found []*Record
	for _, r := range s.records {
		switch {
		case ofAll(q):
			if !s.veil(r.Group).hides(r) {
				found = append(found, r)
			}
		case q.Group.ID == "":
			if (r.invites(who.Email) || r.Email == "" && r.MemberID == who.ID) && slices.Contains(kinds, r.Group.Kind) {
				found = append(found, r)
			}
		case r.Group.Kind == q.Group.Kind && r.Group.ID == q.Group.ID && !s.veil(r.Group).hides(r):
			found = append(found, r)
		}
	}
	return found, nil
}

// invitee finds a person in the directory, or an address that is invited somewhere.
func (s *store) invitee(m memberships.Member) (memberships.Member, error) {
	who, err := s.person(m)
	switch {
	case errors.Is(err, memberships.ErrNoSuchMember) && slices.ContainsFunc(s.records, func(r *Record) bool { return r.invites(m.Email) }):
		return memberships.Member{Email: m.Email}, nil
	case errors.Is(err, memberships.ErrNotFound):
		err = memberships.ErrNoSuchMember // an unknown id may be a mistake
	}
	return who, err
}

func (r *Record) id() string { return fmt.Sprintf("m%d", r.Serial) }

// state is the portable state of a record.
func (r *Record) state() memberships.State {
	switch r.State {
	case memberships.StateActive, memberships.StateInvited:
		return r.State
	}
	return memberships.StateUnknown
}

// membership is what a record is to a caller.
func (p *Provider) membership(r *Record) memberships.Membership {
	m := memberships.Membership{
		Provider: p.name, ID: r.id(), Group: r.Group, Member: memberships.Member{Kind: memberships.MemberUser, Email: r.Email},
		Role: memberships.RoleUnknown, RoleName: r.Role, State: r.state(), Created: r.Created, Updated: r.Updated, Expires: r.Expires,
	}
	if r.MemberID != "" {
		m.Member = p.byID[r.MemberID]
	}
	switch role := memberships.Role(r.Role); role {
	case memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner:
		m.Role = role
	}
	native := *r
	return m.WithNative(&native)
}

// sealToken returns the token behind the member with a serial: it holds whatever comes and
// goes.
func sealToken(q memberships.Query, after int) string {
	return memberships.SealToken(strconv.Itoa(after), q.Listing()...)
}

// openToken returns the serial of the member before the page, 0 for the first page.
func openToken(q memberships.Query, token string) (after int, err error) {
	if token == "" {
		return 0, nil
	}
	cursor, err := memberships.OpenToken(token, q.Listing()...)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(cursor)
}
