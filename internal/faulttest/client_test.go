package faulttest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
)

// member is a member in a provider's own words.
type member struct{ id, role string }

// client performs the matrix's operations on one group: it lists the group, reads the
// insider, adds the newcomer, updates the insider and removes the insider.
type client interface {
	list(context.Context) iter.Seq2[member, error]
	get(context.Context) (member, error)
	add(context.Context) (member, error)
	update(context.Context) (member, error)
	remove(context.Context) error
}

// facts are ids of the emulator's seed data.
type facts struct {
	// group is the group's id; insider and newcomer are people; membership is the
	// insider's.
	group, insider, newcomer, membership string
}

// adapter adapts a provider's wrapper to the matrix.
type adapter struct {
	name, host string
	// resource is the resource of the wrapper, "" for memberships. ops are its operations,
	// nil for all.
	resource string
	ops      []string
	// once are the writes without a repeat: one that may have been carried out and is not
	// there has an unknown outcome.
	once []string
	// find looks up the ids.
	find func(context.Context, ...option.Option) (facts, error)
	open func(facts, ...option.Option) (client, error)
	// member is the role after add, manager the role after update.
	member, manager string
	known           func() (facts, error)
}

var adapters = []*adapter{
	{name: "box", host: "api.box.com", find: findBox, open: openBox, member: "member", manager: "admin"},
	{name: "clerk", host: "api.clerk.com", find: findClerk, open: openClerk, member: "org:member", manager: "org:admin"},
	{
		name: "clerk", resource: "invitations", ops: []string{List, Get, Add, Remove}, once: []string{Add},
		host: "api.clerk.com", find: findInvitation, open: openInvitations, member: "org:member",
	},
	{name: "googlechat", host: "chat.googleapis.com", find: findChat, open: openChat, member: "ROLE_MEMBER", manager: "ROLE_MANAGER"},
	{name: "pubnub", host: "ps.pndsn.com", find: findPubNub, open: openPubNub, member: "member", manager: "manager"},
	{name: "webex", host: "webexapis.com", find: findWebex, open: openWebex, member: "false", manager: "true"},
}

// String returns the provider, and the resource if it is not memberships.
func (a *adapter) String() string {
	if a.resource == "" {
		return a.name
	}
	return a.name + " " + a.resource
}

// has reports whether the adapter has an operation.
func (a *adapter) has(op string) bool { return a.ops == nil || slices.Contains(a.ops, op) }

func init() {
	for _, a := range adapters {
		a.known = sync.OnceValues(func() (facts, error) {
			e, err := newEmulator()
			if err != nil {
				return facts{}, err
			}
			return a.find(context.Background(), clean(e)...)
		})
	}
}

// People of the matrix: nine members and one other person.
const (
	insiderMail  = "donald@example.com"
	newcomerMail = "niklaus@example.com"
	pageSize     = 3
)

// invited are the addresses with an invitation from the group, in Clerk alone. They have no
// account, and newInvitee has no invitation.
const (
	invitedMail = "dora@invited.example.com"
	newInvitee  = "new@invited.example.com"
)

var invited = []string{"ari", "bea", "cal", "dora", "eli", "fay", "gil", "hal"}

var people = []string{"ada", "grace", "alan", "barbara", "claude", "donald", "edsger", "frances", "hedy"}

func newEmulator() (*emulator.Emulator, error) {
	var b strings.Builder
	b.WriteString("people:\n")
	for _, p := range append(slices.Clone(people), "niklaus") {
		fmt.Fprintf(&b, "  - {name: %s Example, email: %s@example.com}\n", p, p)
	}
	b.WriteString("groups:\n  - name: Cell\n    members:\n")
	for i, p := range people {
		role := "member"
		if i == 0 {
			role = "owner"
		}
		fmt.Fprintf(&b, "      - {email: %s@example.com, role: %s}\n", p, role)
	}
	b.WriteString("    invitations:\n")
	for _, name := range invited {
		fmt.Fprintf(&b, "      - {email: %s@invited.example.com}\n", name)
	}
	return emulator.New(emulator.WithState("cell", []byte(b.String())))
}

// clean returns the options of a client without a fault.
func clean(e *emulator.Emulator) []option.Option {
	return []option.Option{option.WithHTTPClient(e.Client()), option.WithToken("clean")}
}

// state maps the ids of the group's members to their roles.
type state map[string]string

func read(c client) (state, error) {
	s := state{}
	for m, err := range c.list(context.Background()) {
		if err != nil {
			return nil, err
		}
		s[m.id] = m.role
	}
	return s, nil
}

func (s state) String() string {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(s)) {
		fmt.Fprintf(&b, "%s=%s ", id, s[id])
	}
	return b.String()
}

// wanted returns the state after op.
func (a *adapter) wanted(before state, f facts, op string) state {
	after := maps.Clone(before)
	switch op {
	case Add:
		after[f.newcomer] = a.member
	case Update:
		after[f.insider] = a.manager
	case Remove:
		delete(after, f.insider)
	}
	return after
}

// do runs an operation other than a list.
func do(ctx context.Context, c client, op string) (member, error) {
	switch op {
	case Get:
		return c.get(ctx)
	case Add:
		return c.add(ctx)
	case Update:
		return c.update(ctx)
	}
	return member{}, c.remove(ctx)
}

// each converts the items of a list.
func each[T any](seq iter.Seq2[*T, error], f func(*T) member) iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		for item, err := range seq {
			m := member{}
			if item != nil {
				m = f(item)
			}
			if !yield(m, err) {
				return
			}
		}
	}
}

// first returns the first item that fits accepts.
func first[T any](seq iter.Seq2[*T, error], fits func(*T) bool) (*T, error) {
	for item, err := range seq {
		if err != nil {
			return nil, err
		}
		if fits(item) {
			return item, nil
		}
	}
	return nil, errors.New("there is none")
}

func anyOf[T any](*T) bool { return true }
