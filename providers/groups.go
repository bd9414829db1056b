package providers

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

// groupSyntax is the form of a provider's ids of groups, and their places in its URLs.
type groupSyntax struct {
	// id matches a text that is an id for certain.
	id *regexp.Regexp
	// maybe matches an id behind a kind, as in space:Engineering.
	maybe *regexp.Regexp
	// url matches the host, the path and the fragment of a URL, as host/path#fragment. build
	// makes the id of its group.
	url   []*regexp.Regexp
	build func(string) string
	// hosts have such URLs.
	hosts []string
}

func itself(id string) string { return id }

var (
	digitID = regexp.MustCompile(`^[0-9]+$`)
	wordID  = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	longID  = regexp.MustCompile(`^[A-Za-z0-9+/_=-]{40,}$`)
)

var hasScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// ParseGroup reads a text that names a group of a provider: kind:id, an id, or the URL of
// the group in the provider's own application. ok is false where the text cannot be an id,
// so that it may be a name; g then has the text as its ID. Where a provider's ids can be
// any text, ok is always true. Nothing is sent.
//
// An unknown provider and a URL that holds no id of a group are
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

// groupOfURL returns the group that a provider's URL names.
func (d declaration) groupOfURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", fmt.Errorf("%s is not a URL that can be read", quoted(text))
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

// maxQuoted is how many characters of a text an error shows.
const maxQuoted = 40

// quoted is a text as an error shows it.
func quoted(text string) string {
	if len(text) > maxQuoted {
		return fmt.Sprintf("%.*q...", maxQuoted, text)
	}
	return fmt.Sprintf("%q", text)
}
