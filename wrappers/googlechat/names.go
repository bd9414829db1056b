package googlechat

import (
	"fmt"
	"strings"

	"github.com/memberships-go/memberships/internal/transport"
)

// MembershipName names one member of a space, for Get, Update and Delete. The space is
// given by name or id; the member by id, as users/{id}, by address, or as "app" for the
// calling app. What makes no name is refused by the call that gets it.
func MembershipName(space, member string) string {
	return spaceName(space) + "/members/" + strings.TrimPrefix(member, "users/")
}

func spaceName(space string) string {
	if strings.Contains(space, "/") {
		return space
	}
	return "spaces/" + space
}

// resource is a resource name, split so that each id is checked and escaped by itself.
type resource struct {
	ids []string
	err error
}

func spaceOf(space string) resource {
	return split("space", spaceName(space), "spaces/{space}")
}

func membershipOf(name string) resource {
	return split("name", name, "spaces/{space}/members/{member}")
}

// split takes the ids out of a name of the given form. arg is what errors call it.
func split(arg, name, form string) resource {
	var r resource
	want, got := strings.Split(form, "/"), strings.Split(name, "/")
	for i, w := range want {
		switch {
		case len(got) != len(want), w[0] != '{' && got[i] != w:
			return resource{err: fmt.Errorf("%s is not of the form %s", arg, form)}
		case w[0] == '{':
			if err := transport.CheckID(w+" of "+arg, got[i]); err != nil {
				return resource{err: err}
			}
			r.ids = append(r.ids, got[i])
		}
	}
	return r
}

// check says what is wrong with the name.
func (r resource) check() error { return r.err }

// id returns the i-th id, "" if the name has something wrong.
func (r resource) id(i int) string {
	if r.err != nil {
		return ""
	}
	return r.ids[i]
}

// userName returns users/{user} for a user who is given by that name, by id or by
// address.
func userName(user string) string { return "users/" + strings.TrimPrefix(user, "users/") }

// checkName checks a name that does not stand in a path and returns its id.
func checkName(arg, name, form string) (string, error) {
	r := split(arg, name, form)
	return r.id(0), r.err
}
