package pubnub

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

const opResolve memberships.Operation = "resolve"

func (p *provider) Resolve(ctx context.Context, members []memberships.Member, opts ...option.Option) ([]memberships.Resolution, error) {
	return p.with(opts).resolveAll(ctx, members), nil
}

// resolve finds a user by e-mail address.
func (p *provider) resolve(ctx context.Context, m memberships.Member) (memberships.Resolution, error) {
	r := p.resolveAll(ctx, []memberships.Member{m})[0]
	return r, r.Err
}

// resolveAll finds users by e-mail address, as it is given and in lower case. After an error
// that is not about one address it sends nothing more, and gives the error to all later
// members.
func (p *provider) resolveAll(ctx context.Context, members []memberships.Member) []memberships.Resolution {
	out := make([]memberships.Resolution, len(members))
	var failed error
	for _, group := range distinctAddresses(members, out) {
		for part := range parts(group, maxEntries, address.filter) {
			if failed == nil {
				failed = p.lookUp(ctx, part, out)
			} else {
				fail(part, out, failed)
			}
		}
	}
	return out
}

// address is an e-mail address with the indexes of the members that it names.
type address struct {
	email string
	of    []int
}

// filters select the users with the address, as it is given and in lower case.
func (a address) filters() []Filter {
	given := []Filter{Eq(FieldEmail, a.email)}
	if lower := strings.ToLower(a.email); lower != a.email {
		return append(given, Eq(FieldEmail, lower))
	}
	return given
}

func (a address) filter() Filter { return Or(a.filters()...) }

// distinctAddresses returns the addresses of members in groups, none of which has two that
// differ in case alone: the rows of one filter would not tell them apart. An invalid address
// is an error in out.
func distinctAddresses(members []memberships.Member, out []memberships.Resolution) [][]address {
	type place struct{ group, index int }
	var groups [][]address
	places := map[string]place{}
	spellings := map[string]int{} // of an address in lower case
	for i, m := range members {
		if out[i].Err = refuse(opResolve, transport.CheckID("the e-mail address", m.Email)); out[i].Err != nil {
			continue
		}
		at, known := places[m.Email]
		if !known {
			lower := strings.ToLower(m.Email)
			at.group = spellings[lower]
			if spellings[lower]++; at.group == len(groups) {
				groups = append(groups, nil)
			}
			at.index = len(groups[at.group])
			places[m.Email] = at
			groups[at.group] = append(groups[at.group], address{email: m.Email})
		}
		a := &groups[at.group][at.index]
		a.of = append(a.of, i)
	}
	return groups
}

// lookUp fills out with the users of addresses, which differ by more than case. It halves a
// refused request until the refused addresses are alone. It returns an error that is not
// about one address.
func (p *provider) lookUp(ctx context.Context, addresses []address, out []memberships.Resolution) error {
	byEmail := make(map[string]*found, len(addresses))
	var filters []Filter
	for _, a := range addresses {
		byEmail[strings.ToLower(a.email)] = new(found)
		filters = append(filters, a.filters()...)
	}
	params := ListUsersParams{Filter: Or(filters...).Param()}
	for u, err := range listUsers(p.c.Users, params, client.SizedOptions(p.opts, maxPageSize)).All(ctx) {
		n := len(addresses)
		switch {
		case n > 1 && divisible(err):
			if err := p.lookUp(ctx, addresses[:n/2], out); err != nil {
				fail(addresses[n/2:], out, err)
				return err
			}
			return p.lookUp(ctx, addresses[n/2:], out)
		case err != nil:
			fail(addresses, out, err)
			if errors.Is(err, memberships.ErrInvalidArgument) {
				return nil
			}
			return err
		}
		of := byEmail[strings.ToLower(u.Email)]
		if of == nil {
			err := errUnfiltered(opResolve, "users")
			fail(addresses, out, err)
			return err
		}
		of.add(u)
	}
	for _, a := range addresses {
		r := byEmail[strings.ToLower(a.email)].resolution()
		for _, i := range a.of {
			out[i] = r
		}
	}
	return nil
}

// fail gives addresses an error.
func fail(addresses []address, out []memberships.Resolution, err error) {
	for _, a := range addresses {
		for _, i := range a.of {
			out[i] = memberships.Resolution{Err: err}
		}
	}
}

// found is the users with one address.
type found struct {
	user *User // the first
	n    int
}

func (f *found) add(u *User) {
	if f.n++; f.n == 1 {
		f.user = u
	}
}

func (f *found) resolution() memberships.Resolution {
	switch f.n {
	case 0:
		return memberships.Resolution{Err: api.NoSuchMember(opResolve, "no user's metadata has this address")}
	case 1:
		return memberships.Resolution{Member: fromUser(f.user), How: "GET /uuids?filter=email"}
	}
	return memberships.Resolution{Err: api.Fail(opResolve, memberships.ErrAmbiguous, fmt.Sprintf("%d users' metadata have this address", f.n))}
}
