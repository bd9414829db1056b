package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/input"
	"github.com/memberships-go/memberships/internal/wildcard"
	"github.com/memberships-go/memberships/providers"
	"github.com/memberships-go/memberships/reconcile"
)

// leaving returns the request of the flags and arguments.
func (f *offboardFlags) leaving(ctx context.Context, a *app, args []string) (reconcile.Leaving, error) {
	var l reconcile.Leaving
	if err := f.out.Check(); err != nil {
		return l, err
	}
	switch {
	case len(args) == 0 && f.from == "":
		return l, exit.Usagef("no person given, for example: memberships offboard ada@example.com")
	case len(args) > 0 && f.from != "":
		return l, exit.Usagef("people are given as arguments and by --from: once is enough")
	case f.dryRun && f.yes:
		return l, exit.Usagef("--dry-run and --yes exclude each other")
	}
	for _, arg := range args {
		p, err := parsePerson(arg)
		if err != nil {
			return l, err
		}
		at := slices.IndexFunc(l.People, func(o reconcile.Person) bool { return o.Key == p.Key })
		switch {
		case at >= 0 && !isSamePerson(l.People[at], p):
			return l, exit.Usagef("%s: %s is given before with other addresses or ids", arg, p.Key)
		case at < 0:
			if other := slices.IndexFunc(l.People, func(o reconcile.Person) bool { return isOverlapping(o, p) }); other >= 0 {
				return l, exit.Usagef("%s and %s have an address or an id in common: give one person once", l.People[other].Key, p.Key)
			}
			l.People = append(l.People, p)
		}
	}
	if f.from != "" {
		type content struct {
			people  []reconcile.Person
			notices []string
		}
		read, err := interrupt.Await(ctx, func() (c content, err error) {
			c.people, c.notices, err = readPeople(a.Stdin, f.from)
			return c, err
		})
		if err != nil {
			return l, err
		}
		for _, text := range read.notices {
			a.Note("%s", text)
		}
		l.People = read.people
	}
	slices.SortStableFunc(l.People, func(a, b reconcile.Person) int { return strings.Compare(a.Key, b.Key) })
	if f.successor != "" {
		s, err := parsePerson(f.successor)
		if err != nil {
			return l, exit.Usagef("--successor: %w", err)
		}
		if slices.ContainsFunc(l.People, func(p reconcile.Person) bool { return isOverlapping(p, s) }) {
			return l, exit.Usagef("--successor %s is one of the people who leave", s.Key)
		}
		l.Successor = &s
	}
	if len(f.keep)+len(f.only) > 0 {
		l.Keeps = f.keeps
	}
	return l, nil
}

// keeps reports whether --keep or --only leave a group alone.
func (f *offboardFlags) keeps(provider string, g memberships.Group) bool {
	selects := func(pattern string) bool {
		for _, text := range []string{g.String(), g.ID, g.Name} {
			if text != "" && wildcard.Match(pattern, provider+"/"+text) {
				return true
			}
		}
		return wildcard.Match(pattern, provider)
	}
	return slices.ContainsFunc(f.keep, selects) || len(f.only) > 0 && !slices.ContainsFunc(f.only, selects)
}

// parsePerson parses addresses and PROVIDER=ID, separated by commas. The key is the first of
// them.
func parsePerson(text string) (reconcile.Person, error) {
	var p reconcile.Person
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		provider, id, isID := strings.Cut(part, "=")
		switch {
		case isID && slices.Contains(providers.Names(), provider):
			if err := memberships.CheckID("the id", id); err != nil {
				return p, exit.Usagef("%s: %w", part, err)
			}
			if _, twice := p.IDs[provider]; twice {
				return p, exit.Usagef("%s has two ids of %s", text, provider)
			}
			if p.IDs == nil {
				p.IDs = map[string]memberships.Member{}
			}
			p.IDs[provider] = idOf(id)
		case isID:
			return p, exit.Usagef("%s: there is no provider %q", part, provider)
		case !isAddress(part):
			return p, exit.Usagef("%q is neither an address nor an id as PROVIDER=ID", part)
		case p.Email == "":
			p.Email = part
		default:
			p.Aliases = append(p.Aliases, part)
		}
		if !isID { // ids can differ in letter case alone
			part = strings.ToLower(part)
		}
		p.Key = cmp.Or(p.Key, part)
	}
	return p, nil
}

// isSamePerson reports whether two people of one key have the same addresses and ids.
func isSamePerson(a, b reconcile.Person) bool {
	return strings.EqualFold(a.Email, b.Email) && slices.EqualFunc(a.Aliases, b.Aliases, strings.EqualFold) && maps.Equal(a.IDs, b.IDs)
}

// isOverlapping reports whether two people have an address or an id in common.
func isOverlapping(a, b reconcile.Person) bool {
	for provider, id := range a.IDs {
		if b.IDs[provider] == id {
			return true
		}
	}
	addresses := append([]string{b.Email}, b.Aliases...)
	return slices.ContainsFunc(append([]string{a.Email}, a.Aliases...), func(address string) bool {
		return address != "" && slices.ContainsFunc(addresses, func(other string) bool { return strings.EqualFold(address, other) })
	})
}

// idOf returns the member of an id, which may have a kind: app:7.
func idOf(id string) memberships.Member {
	m := memberships.ParseMember(id)
	if m.ID == "" {
		return memberships.Member{Kind: memberships.MemberUser, ID: id}
	}
	return m
}

func isAddress(text string) bool {
	name, domain, ok := strings.Cut(text, "@")
	return ok && name != "" && domain != "" && !strings.Contains(domain, "@") && !strings.ContainsAny(text, " \t<>:;|")
}

// readPeople reads the people of a file, and returns notices about it. Rows with one address
// are one person.
func readPeople(stdin io.Reader, file string) ([]reconcile.Person, []string, error) {
	var out []reconcile.Person
	at := map[string]int{}
	s := input.Source{}
	var c input.Cleaner
	err := input.Read(stdin, file, &s, func(row input.Row) error {
		wrong := func(column string, err error) error {
			cell := row.Cells[column]
			return &input.Error{File: s.Name, Line: cmp.Or(cell.Line, row.Line), Column: max(cell.Column, 1), Text: err.Error()}
		}
		if column, err := c.CleanRow(row, func(string, input.Cell) error { return nil }); err != nil {
			return wrong(column, err)
		}
		if column, err := input.Contrary(row); err != nil {
			return wrong(column, err)
		}
		m, _, err := input.MemberOf(row, false)
		if err != nil {
			return wrong("", err)
		}
		p := reconcile.Person{Email: cmp.Or(row.Text("email"), m.Email)}
		if provider := row.Text("provider"); provider != "" && m.ID != "" {
			if !slices.Contains(providers.Names(), provider) {
				return wrong("provider", fmt.Errorf("there is no provider %q", provider))
			}
			p.IDs = map[string]memberships.Member{provider: m}
		}
		if p.Email == "" && p.IDs == nil {
			return wrong("", fmt.Errorf("the row has an id, and neither an address nor a provider of the id"))
		}
		p.Key = cmp.Or(strings.ToLower(p.Email), row.Text("provider")+"="+m.String())
		i, known := at[p.Key]
		if !known {
			at[p.Key] = len(out)
			out = append(out, p)
			return nil
		}
		for provider, id := range p.IDs {
			if before, ok := out[i].IDs[provider]; ok && before != id {
				return wrong("", fmt.Errorf("%s has another id of %s in an earlier row", p.Key, provider))
			}
			if out[i].IDs == nil {
				out[i].IDs = map[string]memberships.Member{}
			}
			out[i].IDs[provider] = id
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, nil, exit.Usagef("%w", err)
	case len(out) == 0:
		return nil, nil, exit.Usagef("%s has no rows: there is nothing to do", input.Name(file))
	}
	return out, s.Notices(), nil
}

// knownCallers returns the accounts that settings name, for providers that cannot tell.
func (a *app) knownCallers(ctx context.Context, conn *connect.Flags, clients []*memberships.Client) map[string]memberships.Member {
	out := map[string]memberships.Member{}
	for _, c := range clients {
		if set, err := conn.Credentials(ctx, c.Name()); err == nil && set.Caller() != "" {
			out[c.Name()] = memberships.Member{Kind: memberships.MemberUser, Email: set.Caller()}
		}
	}
	return out
}
