package statefile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/reconcile"
)

// importedPeople are the people of an Import.
type importedPeople struct {
	all      map[string]reconcile.Person
	comments map[string][]string // names of people without an address

	byID      map[identity]string
	byAddress map[string]string // keys by address in lower case
}

// keyOf returns the key of a member's person, false for a member without id and address.
func (p *importedPeople) keyOf(provider string, m memberships.Member) (string, bool) {
	if m.ID != "" {
		key, ok := p.byID[identity{provider, memberships.MemberUser, m.ID}]
		return key, ok
	}
	key, ok := p.byAddress[foldedAddress(m)]
	return key, ok
}

// foldedAddress returns the address of a member in lower case, "" if a file cannot have it.
func foldedAddress(m memberships.Member) string {
	if checkAddress(m.Email) != nil || !text.Safe(m.Email) {
		return ""
	}
	return strings.ToLower(m.Email)
}

// importedAccount is an account that observed groups show.
type importedAccount struct {
	identity
	email, name string
}

// findPeople returns the people of all rows.
func findPeople(seen *reconcile.Observed) *importedPeople {
	p := &importedPeople{
		all: map[string]reconcile.Person{}, comments: map[string][]string{}, byID: map[identity]string{}, byAddress: map[string]string{},
	}
	holders := findHolders(seen)
	var joined, single []importedAccount
	for _, a := range findAccounts(seen) {
		if a.email == "" || a.id != "" && len(holders[[2]string{a.provider, strings.ToLower(a.email)}]) > 1 {
			single = append(single, a)
		} else {
			joined = append(joined, a)
		}
	}
	unseen := map[string]bool{} // providers with a hidden part, where a hidden member may share an address
	for i := range seen.Groups {
		unseen[seen.Groups[i].Provider] = unseen[seen.Groups[i].Provider] || incomplete(&seen.Groups[i]) != nil
	}
	keys := addressKeys(joined)
	for _, a := range joined {
		p.join(keys[strings.ToLower(a.email)], a, unseen[a.provider] || !seen.Capabilities[a.provider].Email)
	}
	for _, a := range single {
		p.alone(a)
	}
	return p
}

// findHolders returns the members with an address and an id, apps and groups among them, by
// provider and address in lower case. An address of several identifies none of them.
func findHolders(seen *reconcile.Observed) map[[2]string]map[identity]bool {
	all := map[[2]string]map[identity]bool{}
	for i := range seen.Groups {
		o := &seen.Groups[i]
		for _, row := range o.Rows {
			at := [2]string{o.Provider, strings.ToLower(row.Member.Email)}
			if row.Member.ID == "" {
				continue
			}
			if all[at] == nil {
				all[at] = map[identity]bool{}
			}
			all[at][identity{o.Provider, cmp.Or(row.Member.Kind, memberships.MemberUser), row.Member.ID}] = true
		}
	}
	return all
}

// findAccounts returns the accounts of all rows, sorted by provider, id and address.
// Invitations have an address alone.
func findAccounts(seen *reconcile.Observed) []importedAccount {
	known := map[importedAccount]importedAccount{}
	for i := range seen.Groups {
		o := &seen.Groups[i]
		if isDirect(o) {
			continue
		}
		for _, row := range o.Rows {
			email := ""
			if foldedAddress(row.Member) != "" {
				email = row.Member.Email
			}
			if !isPerson(row.Member) || row.Member.ID == "" && email == "" {
				continue
			}
			at := importedAccount{identity: identity{o.Provider, memberships.MemberUser, row.Member.ID}}
			if at.id == "" {
				at.email = strings.ToLower(email)
			}
			a := known[at]
			a.identity, a.email, a.name = at.identity, least(a.email, email), least(a.name, row.Member.Name)
			known[at] = a
		}
	}
	var all []importedAccount
	for _, a := range known {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b importedAccount) int {
		return cmp.Or(strings.Compare(a.provider, b.provider), strings.Compare(a.id, b.id), strings.Compare(a.email, b.email))
	})
	return all
}

// least returns the first text in order that is not empty.
func least(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// addressKeys returns a key for each address in lower case: its first part, or the whole
// address where several have that part.
func addressKeys(accounts []importedAccount) map[string]string {
	addresses := map[string][]string{}
	for _, a := range accounts {
		address := strings.ToLower(a.email)
		part := firstPart(address)
		if !slices.Contains(addresses[part], address) {
			addresses[part] = append(addresses[part], address)
		}
	}
	keys := map[string]string{}
	for part, all := range addresses {
		for _, address := range all {
			keys[address] = part
			if len(all) > 1 || part == "" {
				keys[address] = address
			}
		}
	}
	return keys
}

// firstPart returns the letters, digits, dots, hyphens and underscores before the @ of an
// address.
func firstPart(address string) string {
	part, _, _ := strings.Cut(address, "@")
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return -1
	}, part)
}

// join adds an account to the person with its address. The address stays as the first
// account has it.
func (p *importedPeople) join(key string, a importedAccount, needsID bool) {
	person, known := p.all[key]
	if !known {
		person = reconcile.Person{Key: key, Email: a.email}
	}
	p.byAddress[strings.ToLower(a.email)] = key
	if a.id != "" {
		p.byID[a.identity] = key
	}
	if a.id != "" && needsID {
		p.addID(&person, a)
	}
	p.all[key] = person
}

// alone adds a person that one account identifies.
func (p *importedPeople) alone(a importedAccount) {
	key := text.Line(a.provider + ":" + a.id)
	if len(key) > maxName {
		key = strings.ToValidUTF8(key[:maxName-16], "")
	}
	for n, base := 2, key; ; n++ {
		if _, taken := p.all[key]; !taken {
			break
		}
		key = fmt.Sprintf("%s-%d", base, n)
	}
	person := reconcile.Person{Key: key}
	p.addID(&person, a)
	p.all[key], p.byID[a.identity] = person, key
	if about := cmp.Or(a.name, a.email); about != "" {
		p.comments[key] = []string{about}
	}
}

func (*importedPeople) addID(p *reconcile.Person, a importedAccount) {
	if p.IDs == nil {
		p.IDs = map[string]memberships.Member{}
	}
	p.IDs[a.provider] = memberships.Member{Kind: a.kind, ID: a.id}
}
