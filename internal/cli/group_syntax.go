package cli

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

// groupSyntax tells what a provider's ids of groups look like, and where its URLs hold
// them.
type groupSyntax struct {
	// id matches what is an id without asking; nothing else does.
	id *regexp.Regexp
	// maybe matches what is an id behind a kind, as in space:Engineering.
	maybe *regexp.Regexp
	// url matches the host, the path and the fragment of a URL, as host/path#fragment. Its
	// group is what build makes the id of.
	url   []*regexp.Regexp
	build func(string) string
	// hosts have such URLs.
	hosts []string
}

func itself(id string) string { return id }

const uuidPattern = `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`

var (
	digitID = regexp.MustCompile(`^[0-9]+$`)
	wordID  = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	longID  = regexp.MustCompile(`^[A-Za-z0-9+/_=-]{40,}$`)
)

// groupSyntaxes are those of the five providers. PubNub's ids are any text, so that there
// nothing but a text behind name: is looked up.
var groupSyntaxes = map[string]groupSyntax{
	"box": {
		id: digitID, maybe: digitID, build: itself, hosts: []string{"box.com"},
		url: []*regexp.Regexp{regexp.MustCompile(`^(?:[a-z0-9-]+\.)*box\.com/(?:[^#?]*/)?groups/([0-9]+)(?:[/#].*)?$`)},
	},
	"clerk": {
		id: regexp.MustCompile(`^org_[A-Za-z0-9_]+$`), maybe: wordID, build: itself, hosts: []string{"clerk.com"},
		url: []*regexp.Regexp{regexp.MustCompile(`^dashboard\.clerk\.com/(?:[^#?]*/)?organizations/(org_[A-Za-z0-9_]+)(?:[/#].*)?$`)},
	},
	"googlechat": {
		id:    regexp.MustCompile(`^(spaces/.*|AA[A-Za-z0-9_-]{8,}|[A-Za-z0-9_-]{4,}AAAA[A-Z])$`),
		maybe: wordID, build: itself, hosts: []string{"chat.google.com", "mail.google.com"},
		url: []*regexp.Regexp{
			regexp.MustCompile(`^chat\.google\.com/(?:u/\d+/)?(?:room|dm|space|app/chat)/([A-Za-z0-9_-]+)(?:[/#].*)?$`),
			regexp.MustCompile(`^(?:chat|mail)\.google\.com/[^#]*#chat/(?:space|dm|room)/([A-Za-z0-9_-]+)(?:/.*)?$`),
		},
	},
	"webex": {
		id: regexp.MustCompile(`^Y2lz[A-Za-z0-9+/_=-]*$`), maybe: longID, hosts: []string{"im", "webex.com"},
		url: []*regexp.Regexp{
			regexp.MustCompile(`^im/?\?(?:[^#]*&)?space=(` + uuidPattern + `)(?:[&#].*)?$`),
			regexp.MustCompile(`^(?:web|teams)\.webex\.com/(?:[^#?]*/)?(?:spaces|rooms)/(` + uuidPattern + `)(?:[/#?].*)?$`),
		},
		// A URL does not tell the cluster; a room of another one than us is not found then.
		build: func(uuid string) string {
			return "room:" + base64.RawStdEncoding.EncodeToString([]byte("ciscospark://us/ROOM/"+strings.ToLower(uuid)))
		},
	},
}

// groupText is a group as somebody writes it.
type groupText struct {
	memberships.Group        // without an ID until a name is looked up
	name              string // to look up, or an id that does not look like one
}

// checkable is a group to check arguments with: one whose id is not known stands for
// itself by its name.
func (g groupText) checkable() memberships.Group {
	if g.name != "" {
		return memberships.Group{Kind: g.Kind, ID: g.name}
	}
	return g.Group
}

var hasScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// parseGroup reads a group as --group takes it: kind:id, id:, name:, a URL, an id, or a
// name where that cannot be an id.
func parseGroup(c *memberships.Client, text string) (groupText, error) {
	text = strings.TrimSpace(text)
	g := groupText{Group: memberships.ParseGroup(text)}
	syntax, names := groupSyntaxes[c.Name()]
	if name, ok := strings.CutPrefix(g.ID, "name:"); ok && strings.TrimSpace(name) != "" {
		return groupText{memberships.Group{Kind: g.Kind}, strings.TrimSpace(name)}, nil
	}
	if id, ok := strings.CutPrefix(g.ID, "id:"); ok {
		g.ID = id
		return g, nil
	}
	foreign := g.Kind != "" && !slices.Contains(c.Capabilities().GroupKinds, g.Kind)
	switch {
	case !names, foreign, !c.Capabilities().Can(memberships.OpGroups), memberships.CheckID("", g.ID) != nil: // as it is: what is wrong with it is told later
		return g, nil
	case hasScheme.MatchString(text):
		id, err := syntax.fromURL(c.Name(), text)
		return groupText{Group: memberships.ParseGroup(id)}, err
	case syntax.id.MatchString(g.ID), g.Kind != "" && syntax.maybe.MatchString(g.ID):
		return g, nil
	}
	return groupText{memberships.Group{Kind: g.Kind}, g.ID}, nil
}

// fromURL returns the group that a provider's URL names.
func (s groupSyntax) fromURL(provider, text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", usage("%s is not a URL that can be read", quoted(text))
	}
	at := strings.ToLower(u.Hostname()) + u.EscapedPath()
	if u.RawQuery != "" && u.Hostname() == "im" {
		at += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		at += "#" + u.EscapedFragment()
	}
	for _, r := range s.url {
		if m := r.FindStringSubmatch(at); m != nil {
			return s.build(m[1]), nil
		}
	}
	for name, other := range groupSyntaxes {
		if name != provider && slices.ContainsFunc(other.hosts, func(h string) bool {
			return u.Hostname() == h || strings.HasSuffix(u.Hostname(), "."+h)
		}) {
			return "", usage("%s is a URL of %s, and the provider is %s", quoted(text), name, provider)
		}
	}
	return "", usage("the URL %s does not hold the id of a group in %s", quoted(text), provider)
}

// given reports that a group is named at all.
func (g groupText) given() bool { return g.ID != "" || g.name != "" }
