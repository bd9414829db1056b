package clerk

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

// filter selects the users or members of a list that pass every check.
type filter struct {
	checks []func(*account) bool
	// roles are the accepted roles of a member, nil for all.
	roles []string
	// named are the users that the request names by id. If it is nil, all users are
	// candidates.
	named []int64
}

// filterOf reads the filters from the query, because three operations share them and each
// has a generated type of its own.
func (s *server) filterOf(ctx context.Context) filter {
	q := httpapi.RequestOf(ctx).URL.Query()
	f := filter{roles: q["role"], named: s.named(q)}
	add := func(param string, keep func(*account) bool) {
		if q.Has(param) {
			f.checks = append(f.checks, keep)
		}
	}
	add("user_id", func(a *account) bool {
		id := userID(a.N)
		return pick(q["user_id"], func(v string) bool { return v == id })
	})
	add("external_id", func(a *account) bool {
		return pick(q["external_id"], func(v string) bool { return v == a.externalID })
	})
	add("organization_id", func(a *account) bool {
		return pick(q["organization_id"], func(id string) bool {
			o := s.byID[id]
			if o == nil {
				return false
			}
			_, in := o.members.Get(a.N)
			return in
		})
	})
	add("email_address", func(a *account) bool { return has(a.mails, q["email_address"]) })
	add("phone_number", func(a *account) bool { return has(a.phones, q["phone_number"]) })
	add("web3_wallet", func(a *account) bool { return has(a.wallets, q["web3_wallet"]) })
	add("username", func(a *account) bool { return has(one(a.username), q["username"]) })
	for param, texts := range map[string]func(*account) []string{
		"query": func(a *account) []string {
			return append(values(a.mails, a.phones, a.wallets), a.username, userID(a.N), a.Name())
		},
		"email_address_query": func(a *account) []string { return values(a.mails) },
		"phone_number_query":  func(a *account) []string { return values(a.phones) },
		"username_query":      func(a *account) []string { return []string{a.username} },
		"name_query":          func(a *account) []string { return []string{a.Name()} },
	} {
		part := strings.ToLower(q.Get(param))
		add(param, func(a *account) bool {
			return slices.ContainsFunc(texts(a), func(t string) bool { return strings.Contains(strings.ToLower(t), part) })
		})
	}
	add("banned", func(a *account) bool { return q.Get("banned") == strconv.FormatBool(a.banned) })
	for _, param := range []string{"provider", "provider_user_id"} {
		add(param, func(*account) bool { return false }) // no emulated user has an external account
	}
	for name, at := range map[string]func(*account) time.Time{
		"created_at": func(a *account) time.Time { return a.created }, "last_active_at": lastSeen, "last_sign_in_at": lastSeen,
	} {
		for suffix, fits := range map[string]func(at, limit int64) bool{
			"_before": func(at, limit int64) bool { return at < limit },
			"_after":  func(at, limit int64) bool { return at > limit },
			"_since":  func(at, limit int64) bool { return at >= limit },
		} {
			limit, _ := strconv.ParseInt(q.Get(name+suffix), 10, 64)
			add(name+suffix, func(a *account) bool { return !at(a).IsZero() && fits(at(a).UnixMilli(), limit) })
		}
	}
	return f
}

func lastSeen(a *account) time.Time { return a.seen }

// all reports whether the filter accepts every member.
func (f filter) all() bool { return f.checks == nil && f.roles == nil }

func (f filter) keep(a *account) bool {
	for _, check := range f.checks {
		if !check(a) {
			return false
		}
	}
	return true
}

func (s *server) named(q url.Values) []int64 {
	var found []int64
	if ids, _ := signed(q["user_id"]); ids != nil {
		found = []int64{}
		for _, id := range ids {
			if n, ok := userNumber(id); ok {
				found = append(found, n)
			}
		}
	} else if mails := q["email_address"]; mails != nil {
		found = []int64{}
		for _, mail := range mails {
			if p, ok := s.people.ByMail(mail); ok {
				found = append(found, p.N)
			}
		}
		for n, a := range s.accounts { // users whose secondary address it is
			if has(a.mails, mails) {
				found = append(found, n)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// signed splits values into those to include and those to exclude, which begin with a
// minus.
func signed(values []string) (include, exclude []string) {
	for _, v := range values {
		if rest, ok := strings.CutPrefix(v, "-"); ok {
			exclude = append(exclude, rest)
		} else {
			include = append(include, strings.TrimPrefix(v, "+"))
		}
	}
	return include, exclude
}

// pick reports whether a value is excluded by no entry and, if there are entries to
// include, included by one.
func pick(values []string, is func(string) bool) bool {
	include, exclude := signed(values)
	return (include == nil || slices.ContainsFunc(include, is)) && !slices.ContainsFunc(exclude, is)
}

// has reports whether one of the identifications is a wanted value, ignoring case.
func has(ids []identification, wanted []string) bool {
	return slices.ContainsFunc(ids, func(id identification) bool {
		return slices.ContainsFunc(wanted, func(w string) bool { return w != "" && strings.EqualFold(w, id.value) })
	})
}

func values(lists ...[]identification) []string {
	var out []string
	for _, ids := range lists {
		for _, id := range ids {
			out = append(out, id.value)
		}
	}
	return out
}
