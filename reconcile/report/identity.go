package report

import (
	"strings"

	"github.com/memberships-go/memberships"
)

// account is one member of one provider by id.
type account struct {
	provider string
	kind     memberships.MemberKind
	id       string
}

// identities joins the accounts of people by their addresses.
type identities struct {
	// addresses has the address of an account in lower case, of several the first in
	// alphabetical order. Some providers return an address in one group and not in another.
	addresses map[account]string
}

// identity is one person, app or group across providers. An address takes the place of
// provider and id.
type identity struct {
	account
	address string
	unknown int // a number of its own for a member without either
}

func accountOf(m *memberships.Membership) account {
	return account{m.Provider, kindOf(m), m.Member.ID}
}

// kindOf returns the kind of a member, of which an empty one means a user.
func kindOf(m *memberships.Membership) memberships.MemberKind {
	if m.Member.Kind == "" {
		return memberships.MemberUser
	}
	return m.Member.Kind
}

// learn takes the addresses of rows.
func (i *identities) learn(rows []memberships.Membership) {
	for n := range rows {
		m := &rows[n]
		if m.Member.Email == "" || m.Member.ID == "" {
			continue
		}
		address, key := strings.ToLower(m.Member.Email), accountOf(m)
		if known, ok := i.addresses[key]; !ok || address < known {
			i.addresses[key] = address
		}
	}
}

// of returns the identity of a row's member.
func (i *identities) of(m *memberships.Membership) identity {
	address := strings.ToLower(m.Member.Email)
	if address == "" && m.Member.ID != "" {
		address = i.addresses[accountOf(m)]
	}
	if address != "" {
		return identity{account: account{kind: kindOf(m)}, address: address}
	}
	return identity{account: accountOf(m)}
}

// domain returns the part of an address after the last @, empty without one.
func domain(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return ""
	}
	return strings.ToLower(address[at+1:])
}

// homeOf returns the most frequent domain of people, on a tie the first in alphabetical
// order.
func homeOf(people []*person) []string {
	counts := map[string]int{}
	for _, p := range people {
		if d := domain(p.address); d != "" && p.kind == memberships.MemberUser && p.rank < goneRank {
			counts[d]++
		}
	}
	best := ""
	for d, n := range counts {
		if best == "" || n > counts[best] || n == counts[best] && d < best {
			best = d
		}
	}
	if best == "" {
		return nil
	}
	return []string{best}
}
