package googlechat

import (
	"fmt"
	"strings"

	"github.com/memberships-go/memberships/internal/transport"
)

// MembershipName returns the name of a membership for Get, Update and Delete. The space is
// a name or an id; the member is an id, users/{id}, an address, or "app" for the calling
// app. Get, Update and Delete refuse an invalid name.
func MembershipName(space, member string) string {
	return spaceName(space) + "/members/" + strings.TrimPrefix(member, "users/")
}

func spaceName(space string) string {
	if strings.Contains(space, "/") {
		return space
	}
	return "spaces/" + space
}

// resource has the checked ids of a resource name, or the error of an invalid name.
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

func spaceEventOf(name string) resource {
	return split("name", name, "spaces/{space}/spaceEvents/{event}")
}

// subscriptionOf returns the id of a subscription's name. A bare id is a name as well.
func subscriptionOf(name string) resource {
	if !strings.Contains(name, "/") {
		name = "subscriptions/" + name
	}
	return split("subscription", name, "subscriptions/{subscription}")
}

func operationOf(name string) resource {
	return split("name", name, "operations/{operation}")
}

// split returns the ids of a name of the given form. Errors call the name arg.
func split(arg, name, form string) resource {
	var r resource
	want, got := strings.Split(form, "/"), strings.Split(name, "/")
	for i, w := range want {
		switch {
		case len(got) != len(want), w[0] != '{' && got[i] != w:
			return resource{err: fmt.Errorf("%s does not have the form %s", arg, form)}
		case w[0] == '{':
			if err := transport.CheckID(w+" of "+arg, got[i]); err != nil {
				return resource{err: err}
			}
			r.ids = append(r.ids, got[i])
		}
	}
	return r
}

// check returns the error of an invalid name.
func (r resource) check() error { return r.err }

// id returns the i-th id, or "" for an invalid name.
func (r resource) id(i int) string {
	if r.err != nil {
		return ""
	}
	return r.ids[i]
}

// userName returns users/{user} for a name, an id or an address.
func userName(user string) string { return "users/" + strings.TrimPrefix(user, "users/") }

// checkName returns the id of a name that is not part of a path, or an error.
func checkName(arg, name, form string) (string, error) {
	r := split(arg, name, form)
	return r.id(0), r.err
}
