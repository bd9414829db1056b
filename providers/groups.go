package providers

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/pattern"
)

// groupSyntax describes the ids of a provider's groups and their URLs.
type groupSyntax struct {
	// id matches a text that can only be an id.
	id *pattern.Pattern
	// maybe matches an id after a kind, as in space:AAAA.
	maybe *pattern.Pattern
	// url matches host, path and fragment of a URL, as host/path#fragment. build returns
	// the id from the match.
	url   []*pattern.Pattern
	build func(string) string
	// hosts are the hosts of such URLs.
	hosts []string
	// prefix is an optional beginning of an id that the provider's lists omit.
	prefix string
}

func itself(id string) string { return id }

var (
	digitID = pattern.New(`^[0-9]+$`)
	wordID  = pattern.New(`^[A-Za-z0-9_-]+$`)
	longID  = pattern.New(`^[A-Za-z0-9+/_=-]{40,}$`)
)

var hasScheme = pattern.New(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// ParseGroup parses kind:id, an id, or the URL of a group in the provider's own
// application. ok is false if the text cannot be an id and may be a name; g then has the
// text as its ID. ok is always true for a provider whose ids can be any text. ParseGroup
// sends nothing.
//
// An unknown provider and a URL without the id of a group are
// memberships.ErrInvalidArgument.
func ParseGroup(provider, text string) (g memberships.Group, ok bool, err error) {
	d, err := declared("ParseGroup", provider)
	g = memberships.ParseGroup(text)
	switch {
	case err != nil:
		return memberships.Group{}, false, err
	case d.groups == nil:
		return g, true, nil
	case hasScheme.MatchString(text):
		id, err := d.groupOfURL(text)
		if err != nil {
			return memberships.Group{}, false, &memberships.Error{Provider: d.name, Op: "ParseGroup", Kind: memberships.ErrInvalidArgument, Err: err}
		}
		return memberships.ParseGroup(id), true, nil
	}
	return g, d.groups.id.MatchString(g.ID) || g.Kind != "" && d.groups.maybe.MatchString(g.ID), nil
}

// ListedGroup returns g with its ID as the provider's lists have it: Google Chat's lists
// have AAAA for the ID spaces/AAAA. Any other group, also of an unknown provider, is
// unchanged.
func ListedGroup(provider string, g memberships.Group) memberships.Group {
	d, err := declared("ListedGroup", provider)
	if err != nil || d.groups == nil || d.groups.prefix == "" {
		return g
	}
	if rest, ok := strings.CutPrefix(g.ID, d.groups.prefix); ok && rest != "" && !strings.Contains(rest, "/") {
		g.ID = rest
	}
	return g
}

// groupOfURL returns the id of the group in a URL.
func (d declaration) groupOfURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", fmt.Errorf("%s is not a valid URL", quoted(text))
	}
	at := strings.ToLower(u.Hostname()) + u.EscapedPath()
	if u.RawQuery != "" && u.Hostname() == "im" {
		at += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		at += "#" + u.EscapedFragment()
	}
	for _, r := range d.groups.url {
		if m := r.FindStringSubmatch(at); m != nil {
			return d.groups.build(m[1]), nil
		}
	}
	for _, other := range declarations {
		if other.name != d.name && other.groups != nil && slices.ContainsFunc(other.groups.hosts, func(h string) bool {
			return u.Hostname() == h || strings.HasSuffix(u.Hostname(), "."+h)
		}) {
			return "", fmt.Errorf("%s is a URL of %s, and the provider is %s", quoted(text), other.name, d.name)
		}
	}
	return "", fmt.Errorf("the URL %s does not hold the id of a group in %s", quoted(text), d.name)
}

// maxQuoted is the number of characters of a text in an error.
const maxQuoted = 40

// quoted returns a text in quotes, cut to maxQuoted.
func quoted(text string) string {
	if len(text) > maxQuoted {
		return fmt.Sprintf("%.*q...", maxQuoted, text)
	}
	return fmt.Sprintf("%q", text)
}
