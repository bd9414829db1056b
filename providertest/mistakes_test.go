package providertest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
)

// ordinary mistakes are those in listing, reading and changing.
var ordinary = map[string]mistake{
	"declares what fails": {make: func(m *mutant) {
		m.remove = func(context.Context, memberships.Ref) (membership, error) { return membership{}, unsupported("remove") }
	}, noticed: []string{"capabilities/declared", "remove/twice", "remove/id", "remove/unknown-group"}},
	"does what is not declared": {
		opts: []memprovider.Option{memprovider.WithCapabilities(memberships.Capabilities{
			Operations: []memberships.Operation{memberships.OpList, memberships.OpAdd}, Roles: []memberships.Role{memberships.RoleMember},
			RoleNames: map[memberships.Role]string{memberships.RoleMember: "member"}, MemberKinds: []memberships.MemberKind{memberships.MemberUser},
		})},
		make: func(m *mutant) {
			m.get = func(ctx context.Context, _ memberships.Ref, _ ...memberships.Option) (membership, error) {
				_, err := m.Provider.ListPage(ctx, memberships.Query{Group: memberships.Group{Kind: memberships.KindGroup, ID: "small"}}, memberships.PageRequest{})
				return membership{}, err
			}
		}, noticed: []string{"capabilities/undeclared"},
	},
	"undeclared with another error": {
		opts: []memprovider.Option{memprovider.WithCapabilities(memberships.Capabilities{Operations: []memberships.Operation{memberships.OpList}})},
		make: func(m *mutant) {
			m.remove = func(context.Context, memberships.Ref) (membership, error) {
				return membership{}, errors.New("not here")
			}
		}, noticed: []string{"capabilities/undeclared"},
	},
	"names another operation": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, opts ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r, opts...)
			return v, withOp(err, "list")
		}
	}, noticed: []string{"errors/operation", "failures/unavailable"}},
	"names the operation of another query": {make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			p, err := m.Provider.ListPage(ctx, q, r)
			return p, withOp(err, "list")
		}
	}, noticed: []string{"errors/operation", "failures/unavailable"}},
	"takes any kind": {make: func(m *mutant) {
		m.capabilities = func(c memberships.Capabilities) memberships.Capabilities {
			c.GroupKinds, c.MemberKinds = append(slices.Clone(c.GroupKinds), "galaxy"), append(slices.Clone(c.MemberKinds), "robot")
			return c
		}
	}, noticed: []string{"capabilities/arguments"}},
	"groups twice": {make: func(m *mutant) {
		m.groups = func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[memberships.Group, error] {
			return twice(m.Provider.Groups(ctx, q, summary))
		}
	}, noticed: []string{"groups/all"}},
	"an empty group fails": {make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			p, err := m.Provider.ListPage(ctx, q, r)
			if err == nil && r.Token == "" && len(p.Items) == 0 {
				return nil, &memberships.Error{Provider: m.Name(), Op: "list", Kind: memberships.ErrNotFound}
			}
			return p, err
		}
	}, noticed: []string{"list/empty", "many/all"}},
	"the first page alone": {make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			p, err := m.Provider.ListPage(ctx, q, r)
			if err == nil {
				p.Next = ""
			}
			return p, err
		}
	}, noticed: []string{"list/many-pages", "list/page-size", "tokens/resumed", "tokens/other-listing", "tokens/damaged", "context/between-pages", "list/error-last"}},
	"members left out": {make: func(m *mutant) {
		m.listPage = items(m, func(in []membership) []membership { return in[:min(1, len(in))] })
	}, noticed: []string{"list/one-page", "list/many-pages", "of/member"}},
	"members twice": {make: func(m *mutant) {
		m.listPage = items(m, func(in []membership) []membership { return append(in, in...) })
	}, noticed: []string{"list/one-page", "list/many-pages", "of/member", "list/page-size"}},
	"a total that is wrong": {make: func(m *mutant) {
		m.listPage = pages(m, func(_ memberships.PageRequest, p *page) { p.Total = memberships.TotalOf(int64(len(p.Items))) })
	}, noticed: []string{"list/many-pages", "list/total"}},
	"remembers a listing": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		known := map[string][]membership{}
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			return func(yield func(membership, error) bool) {
				key := q.Group.ID + q.Member.ID + q.Member.Email
				if known[key] == nil {
					for v, err := range byPages(ctx, m, q, summary) {
						if err != nil {
							yield(membership{}, err)
							return
						}
						known[key] = append(known[key], v)
					}
				}
				for _, v := range known[key] {
					if !yield(v, nil) {
						return
					}
				}
			}
		}
	}, noticed: []string{"list/lazy"}},
	"asks before the first range": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			seq := byPages(ctx, m, q, summary)
			for range seq {
				break
			}
			return seq
		}
	}, noticed: []string{"list/lazy"}},
	"an error is the end": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			return func(yield func(membership, error) bool) {
				for v, err := range byPages(ctx, m, q, summary) {
					if err != nil || !yield(v, nil) {
						return
					}
				}
			}
		}
	}, noticed: []string{
		"list/error-last", "list/unknown-group", "list/repeated-token", "context/between-pages", "context/done", "context/hang", "failures/unauthenticated",
		"failures/permission-denied", "failures/not-found", "failures/conflict", "failures/rate-limited", "failures/unavailable", "failures/html", "failures/cut",
		"many/cancelled", "many/first-error",
	}},
	"goes on after an error": {list: func(*mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
			return twice(func(yield func(membership, error) bool) { yield(membership{}, unsupported("list")) })
		}
	}, noticed: []string{"list/one-page", "many/all", "many/keep-going", "capabilities/declared"}},
	"reads everything before the first page": {make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			for range byPages(ctx, &mutant{tampered: m.tampered}, q, nil) {
			}
			return m.Provider.ListPage(ctx, q, r)
		}
	}, noticed: []string{"list/break"}},
	"pages as large as it likes": {make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			r.Size = 0
			return m.Provider.ListPage(ctx, q, r)
		}
	}, noticed: []string{"list/page-size"}},
	"the role is not what was stored": {make: func(m *mutant) {
		change := func(v membership) membership { v.Role, v.RoleName = memberships.RoleManager, ""; return v }
		m.listPage = items(m, each(change))
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			return change(v), err
		}
	}, noticed: []string{"values/whole", "values/unknown-role", "add/roles", "update/roles", "update/own-role"}},
	"the role is somebody else's concern": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			return func(yield func(membership, error) bool) {
				for v, err := range byPages(ctx, m, q, summary) {
					if skip := err == nil && q.Role != "" && v.Role == memberships.RoleMember; !skip && !yield(v, err) {
						return
					}
				}
			}
		}
	}, noticed: []string{"list/role"}},
	"an empty page is the end": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			return walk(ctx, m, q, summary, func(p *page) bool { return p.Next == "" || len(p.Items) == 0 })
		}
	}, noticed: []string{"list/empty-page"}},
	"tokens for every listing": {make: func(m *mutant) {
		real := map[string]string{}
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			if t, ok := strings.CutPrefix(r.Token, "t"); ok && real[t+q.Group.ID] != "" {
				r.Token = real[t+q.Group.ID]
			} else if ok {
				r.Token = ""
			}
			p, err := m.Provider.ListPage(ctx, q, r)
			if err == nil && p.Next != "" {
				n := fmt.Sprint(len(real))
				real[n+q.Group.ID] = p.Next
				p.Next = "t" + n
			}
			return p, err
		}
	}, noticed: []string{"tokens/other-listing", "tokens/resumed"}},
	"any token will do": {make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			p, err := m.Provider.ListPage(ctx, q, r)
			if errors.Is(err, memberships.ErrInvalidArgument) {
				r.Token = ""
				return m.Provider.ListPage(ctx, q, r)
			}
			return p, err
		}
	}, noticed: []string{"tokens/other-listing", "tokens/damaged"}},
	"memberships of everybody": {make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			if q.Group.ID == "" {
				q = memberships.Query{Group: memberships.Group{Kind: memberships.KindGroup, ID: "large"}}
			}
			return m.Provider.ListPage(ctx, q, r)
		}
	}, noticed: []string{"of/member"}},
	"memberships by address of nobody": {make: func(m *mutant) {
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			if q.Group.ID == "" && q.Member.ID == "" {
				return &page{}, nil
			}
			return m.Provider.ListPage(ctx, q, r)
		}
	}, noticed: []string{"of/email"}},
	"Get has another id": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			if r.ID == "" {
				v.ID += "x"
			}
			return v, err
		}
	}, noticed: []string{"get/ref", "add/roles"}},
	"Get takes an address for an id": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			if r.ID == "" && r.Member.ID == "" {
				r.Member = memberships.Member{ID: r.Member.Email}
			}
			return m.Provider.Get(ctx, r)
		}
	}, noticed: []string{"get/email"}},
	"ErrNotFound of somebody who is not in": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			return v, rekind(err, memberships.ErrNotMember, memberships.ErrNotFound)
		}
	}, noticed: []string{"get/not-member", "list/group-and-member", "get/email", "check/answers", "remove/twice", "remove/id"}},
	"ErrNotMember of everything": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			return v, rekind(err, memberships.ErrNotFound, memberships.ErrNotMember)
		}
	}, noticed: []string{"get/unknown-group", "check/answers", "failures/not-found"}},
	"ErrInvalidArgument of everything": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			return v, rekind(err, memberships.ErrNotFound, memberships.ErrInvalidArgument)
		}
	}, noticed: []string{"get/unknown-member", "get/unknown-group", "get/not-member"}},
	"a failed look-up is no membership": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			if err != nil {
				err = &memberships.Error{Provider: m.Name(), Op: "get", Kind: memberships.ErrNotMember}
			}
			return v, err
		}
	}, noticed: []string{
		"failures/unauthenticated", "failures/permission-denied", "failures/not-found", "failures/conflict", "failures/rate-limited",
		"failures/unavailable", "failures/html", "failures/cut", "check/answers", "context/done", "context/hang",
	}},
	"invitations are nothing": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			if v.State == memberships.StateInvited {
				return membership{}, &memberships.Error{Provider: m.Name(), Op: "get", Kind: memberships.ErrNotMember}
			}
			return v, err
		}
	}, noticed: []string{"check/invited"}},
	"invitations are memberships": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			v.State = memberships.StateActive
			return v, err
		}
	}, noticed: []string{"check/invited", "values/unknown-state"}},
	"finds the beginning of an address": {make: func(m *mutant) {
		m.resolve = func(ctx context.Context, who memberships.Member) (memberships.Resolution, error) {
			r, err := m.rightResolve(ctx, who)
			if errors.Is(err, memberships.ErrNotFound) {
				who.Email += "@example.com"
				return m.rightResolve(ctx, who)
			}
			return r, err
		}
	}, noticed: []string{"resolve/exact"}},
	"takes the first of two": {make: func(m *mutant) {
		m.resolve = func(ctx context.Context, who memberships.Member) (memberships.Resolution, error) {
			r, err := m.rightResolve(ctx, who)
			if errors.Is(err, memberships.ErrAmbiguous) {
				return memberships.Resolution{Member: memberships.Member{ID: "other", Email: who.Email}, How: "luck"}, nil
			}
			return r, err
		}
	}, noticed: []string{"resolve/ambiguous"}},
	"Add forgets the role": {make: func(m *mutant) {
		m.add = func(ctx context.Context, g memberships.Group, who memberships.Member, _ memberships.Role) (membership, error) {
			return m.rightAdd(ctx, g, who, "")
		}
	}, noticed: []string{"add/roles"}},
	"Add of an address adds Alan": {make: func(m *mutant) {
		m.add = func(ctx context.Context, g memberships.Group, who memberships.Member, r memberships.Role) (membership, error) {
			v, err := m.rightAdd(ctx, g, who, r)
			if who.ID == "" {
				v.Member.ID = "alan"
			}
			return v, err
		}
	}, noticed: []string{"add/email"}},
	"Add sets": {make: func(m *mutant) {
		m.add = func(ctx context.Context, g memberships.Group, who memberships.Member, r memberships.Role) (membership, error) {
			if _, err := m.Provider.Get(ctx, memberships.Ref{Group: g, Member: who}); err == nil {
				return m.rightUpdate(ctx, memberships.Ref{Group: g, Member: who}, r)
			}
			return m.rightAdd(ctx, g, who, r)
		}
	}, noticed: []string{"add/duplicate", "check/invited"}},
	"Add makes people": {make: func(m *mutant) {
		m.add = func(ctx context.Context, g memberships.Group, who memberships.Member, r memberships.Role) (membership, error) {
			if who.ID == "" {
				who.ID = "ada" // the first who is found
			}
			m.PutPeople(who)
			v, err := m.rightAdd(ctx, g, who, r)
			if errors.Is(err, memberships.ErrAlreadyExists) {
				v.Member = memberships.Member{ID: "ada", Email: "ada@example.com"}
				return v, nil
			}
			return v, err
		}
	}, noticed: []string{"add/unknown-member", "add/unknown-email", "add/duplicate", "add/email"}},
	"Add makes groups": {make: func(m *mutant) {
		m.add = func(ctx context.Context, g memberships.Group, who memberships.Member, r memberships.Role) (membership, error) {
			m.Put(g)
			return m.rightAdd(ctx, g, who, r)
		}
	}, noticed: []string{"add/unknown-group"}},
	"Add reads what it made, and says nothing if that fails": {make: func(m *mutant) {
		m.add = func(ctx context.Context, g memberships.Group, who memberships.Member, r memberships.Role) (membership, error) {
			if _, err := m.rightAdd(ctx, g, who, r); err != nil {
				return membership{}, err
			}
			return m.Provider.Get(ctx, memberships.Ref{Group: g, Member: who})
		}
	}, noticed: []string{"add/half-way"}},
	"Update reads what it changed, and says that it failed": {make: func(m *mutant) {
		m.update = func(ctx context.Context, r memberships.Ref, c memberships.Role) (membership, error) {
			if _, err := m.rightUpdate(ctx, r, c); err != nil {
				return membership{}, err
			}
			return m.Provider.Get(ctx, r)
		}
	}, noticed: []string{"update/half-way"}},
	"looks through the pages, and stops at an error": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			for v, err := range byPages(ctx, m, memberships.Query{Group: r.Group}, nil) {
				if err == nil && v.Member.ID == r.Member.ID {
					return v, nil
				}
			}
			return membership{}, &memberships.Error{Provider: m.Name(), Op: "get", Kind: memberships.ErrNotMember}
		}
	}, noticed: []string{"check/half-way"}},
	"Update does nothing": {make: func(m *mutant) {
		m.update = func(ctx context.Context, r memberships.Ref, _ memberships.Role) (membership, error) {
			return m.Provider.Get(ctx, r)
		}
	}, noticed: []string{"update/roles", "update/own-role"}},
	"Update of one changes all": {make: func(m *mutant) {
		m.update = func(ctx context.Context, r memberships.Ref, c memberships.Role) (membership, error) {
			m.Put(r.Group, membership{Member: memberships.Member{ID: "ada"}, Role: c})
			return m.rightUpdate(ctx, r, c)
		}
	}, noticed: []string{"update/roles"}},
	"Update adds": {make: func(m *mutant) {
		m.update = func(ctx context.Context, r memberships.Ref, c memberships.Role) (membership, error) {
			m.Put(r.Group, membership{Member: r.Member, Role: c})
			return m.rightUpdate(ctx, r, c)
		}
	}, noticed: []string{"update/not-member"}},
	"Remove is always a success": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) {
			v, err := m.rightRemove(ctx, r)
			return v, rekind(err, memberships.ErrNotFound, nil)
		}
	}, noticed: []string{"remove/twice", "remove/id", "remove/unknown-group", "ids/odd"}},
	"Remove does nothing": {make: func(m *mutant) {
		m.remove = func(ctx context.Context, r memberships.Ref) (membership, error) { return m.Provider.Get(ctx, r) }
	}, noticed: []string{"remove/twice", "remove/id", "add/roles"}},
	"memberships of nobody": {make: func(m *mutant) {
		m.listPage = items(m, each(func(v membership) membership { v.Provider, v.Member.Kind = "", ""; return v }))
	}, noticed: []string{"values/whole"}},
	"no native value": {make: func(m *mutant) {
		m.listPage = items(m, each(func(v membership) membership { return v.WithNative(nil) }))
	}, noticed: []string{"values/native"}},
	"another native value": {make: func(m *mutant) {
		m.update = func(ctx context.Context, r memberships.Ref, c memberships.Role) (membership, error) {
			v, err := m.rightUpdate(ctx, r, c)
			return v.WithNative(new(string)), err
		}
	}, noticed: []string{"values/native"}},
	"unknown values are errors": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			if v.Role == memberships.RoleUnknown || v.State == memberships.StateUnknown {
				err = &memberships.Error{Provider: m.Name(), Op: "get", Kind: memberships.ErrMalformed}
			}
			return v, err
		}
	}, noticed: []string{"values/unknown-role", "values/unknown-state"}},
	"errors of its own": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			if err != nil {
				err = errors.New("it did not work")
			}
			return v, err
		}
	}, noticed: []string{
		"failures/unauthenticated", "failures/permission-denied", "failures/not-found", "failures/conflict", "failures/rate-limited",
		"failures/html", "context/done", "context/hang",
	}},
	"breaks for good": {make: func(m *mutant) {
		broken := false
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			v, err := m.Provider.Get(ctx, r)
			if broken = broken || errors.Is(err, memberships.ErrUnavailable); broken {
				err = &memberships.Error{Provider: m.Name(), Op: "get", Kind: memberships.ErrUnavailable}
			}
			return v, err
		}
	}, noticed: []string{"failures/unavailable"}},
	"does not look at the context": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			return m.Provider.Get(context.WithoutCancel(ctx), r)
		}
		m.listPage = func(ctx context.Context, q memberships.Query, r memberships.PageRequest) (*page, error) {
			return m.Provider.ListPage(context.WithoutCancel(ctx), q, r)
		}
	}, noticed: []string{"context/done", "context/between-pages"}},
	"hangs for a minute": {make: func(m *mutant) {
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer cancel()
			v, err := m.Provider.Get(patient, r)
			return v, rekind(err, context.DeadlineExceeded, memberships.ErrUnavailable)
		}
	}, noticed: []string{"context/hang"}},
	"an order of its own": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		var ranges atomic.Int64
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			return func(yield func(membership, error) bool) {
				var all []membership
				for v, err := range byPages(ctx, m, q, summary) {
					if err != nil {
						yield(v, err)
						return
					}
					all = append(all, v)
				}
				if ranges.Add(1)%2 == 0 {
					slices.Reverse(all)
				}
				for _, v := range all {
					if !yield(v, nil) {
						return
					}
				}
			}
		}
	}, noticed: []string{"many/all", "list/lazy"}},
	"asks after the loop": {list: func(m *mutant) func(context.Context, memberships.Query, *memberships.Summary) iter.Seq2[membership, error] {
		return func(ctx context.Context, q memberships.Query, summary *memberships.Summary) iter.Seq2[membership, error] {
			return func(yield func(membership, error) bool) {
				go func() {
					for range byPages(context.WithoutCancel(ctx), m, q, nil) {
						time.Sleep(time.Millisecond)
					}
				}()
				byPages(ctx, m, q, summary)(yield)
			}
		}
	}, noticed: []string{"many/break", "list/break"}},
	"takes no for an id": {make: func(m *mutant) {
		alan := memberships.Member{ID: "alan"}
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			if strings.Contains(r.Member.ID, "/") {
				r.Member = alan
			}
			return m.Provider.Get(ctx, r)
		}
	}, noticed: []string{"ids/odd"}},
	"Diagnose tries it out": {make: func(m *mutant) {
		m.diagnose = func(ctx context.Context, _ ...memberships.Option) (memberships.Diagnosis, error) {
			small := memberships.Group{Kind: memberships.KindGroup, ID: "small"}
			if _, err := m.rightAdd(ctx, small, memberships.Member{ID: "niklaus"}, ""); err != nil {
				return memberships.Diagnosis{}, err
			}
			return m.Provider.Diagnose(ctx)
		}
	}, noticed: []string{"diagnose/harmless"}},
	"Diagnose allows everything": {make: func(m *mutant) {
		d, _ := m.Provider.Diagnose(context.Background())
		m.diagnose = func(context.Context, ...memberships.Option) (memberships.Diagnosis, error) { return d, nil }
	}, noticed: []string{"diagnose/harmless"}},
	"Diagnose leaves operations out": {make: func(m *mutant) {
		m.diagnose = func(ctx context.Context, _ ...memberships.Option) (memberships.Diagnosis, error) {
			d, err := m.Provider.Diagnose(ctx)
			d.Findings = d.Findings[:min(2, len(d.Findings))]
			return d, err
		}
	}, noticed: []string{"diagnose/harmless"}},
	"one at a time": {make: func(m *mutant) {
		busy := make(chan struct{}, 1)
		m.get = func(ctx context.Context, r memberships.Ref, _ ...memberships.Option) (membership, error) {
			select {
			case busy <- struct{}{}:
				defer func() { <-busy }()
			default:
				return membership{}, &memberships.Error{Provider: m.Name(), Op: "get", Kind: memberships.ErrUnavailable}
			}
			time.Sleep(time.Millisecond)
			return m.Provider.Get(ctx, r)
		}
	}, noticed: []string{"concurrency/safe"}},
}
