package seed

import (
	_ "embed"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/memberships-go/memberships/internal/yamldoc"
)

// Providers are the names of the emulated providers.
var Providers = []string{"box", "clerk", "googlechat", "pubnub", "webex"}

//go:embed builtin.yaml
var builtin []byte

// BuiltIn returns a copy of the built-in state file.
func BuiltIn() []byte { return slices.Clone(builtin) }

// parseBuiltIn parses the built-in state file once.
var parseBuiltIn = sync.OnceValues(func() (*Data, error) { return Parse("built-in state", builtin) })

// BuiltInData returns the seed data of the built-in state file, with an Outbox of its own.
// Only Now and Log may be set; the rest is shared.
func BuiltInData() (*Data, error) {
	d, err := parseBuiltIn()
	if err != nil {
		return nil, err
	}
	return d.Fresh(), nil
}

type stateFile struct {
	People      []statePerson                `json:"people,omitempty"`
	Groups      []stateGroup                 `json:"groups,omitempty"`
	Credentials map[string][]stateCredential `json:"credentials,omitempty"`
	Authorize   string                       `json:"authorize,omitempty"`
	OAuth       map[string]OAuth             `json:"oauth,omitempty"`
	Deliveries  map[string]StateTarget       `json:"deliveries,omitempty"`
	Began       string                       `json:"began,omitempty"`
	Advanced    string                       `json:"advanced,omitempty"`
	History     []stateWrite                 `json:"history,omitempty"`
}

type statePerson struct {
	Name       string `json:"name,omitempty"`
	Email      string `json:"email,omitempty"`
	AutoAccept *bool  `json:"auto_accept,omitempty"`
	ChatOff    bool   `json:"chat_off,omitempty"`
}

type stateGroup struct {
	Name      string            `json:"name,omitempty"`
	Kind      string            `json:"kind,omitempty"`
	Type      string            `json:"type,omitempty"`
	Team      string            `json:"team,omitempty"`
	In        []string          `json:"in,omitempty"`
	IDs       map[string]string `json:"ids,omitempty"`
	Members   []stateMember     `json:"members,omitempty"`
	Invited   []stateInvitation `json:"invitations,omitempty"`
	Count     int               `json:"count,omitempty"`
	Moderated bool              `json:"moderated,omitempty"`
	Anonymous int               `json:"anonymous,omitempty"`
	Hidden    int               `json:"hidden,omitempty"`
	App       *bool             `json:"app,omitempty"`
	Repeated  int               `json:"repeated_add,omitempty"`
}

type stateMember struct {
	Email  string `json:"email,omitempty"`
	Role   string `json:"role,omitempty"`
	State  string `json:"state,omitempty"`
	Hidden bool   `json:"hidden,omitempty"`
}

type stateInvitation struct {
	Email  string `json:"email,omitempty"`
	Role   string `json:"role,omitempty"`
	Status string `json:"status,omitempty"`
}

type stateCredential struct {
	Token  string   `json:"token,omitempty"`
	Email  string   `json:"email,omitempty"`
	Scopes []string `json:"scopes,omitempty"`
	App    bool     `json:"app,omitempty"`

	ChatOff       bool  `json:"chat_off,omitempty"`
	AppConfigured *bool `json:"app_configured,omitempty"`
}

const maxGenerated = 50_000_000

// Parse reads a state file, YAML or JSON. An error names the file, the line and the
// expected value.
func Parse(file string, data []byte) (*Data, error) {
	var s stateFile
	doc, err := Decode(file, data, &s)
	if err != nil {
		return nil, err
	}
	p := &stateParser{file: file, doc: doc}
	return p.data(&s)
}

// maxValues is the greatest number of values of a file with aliases. A file without aliases
// is bounded by its size alone, because a dump lists bytes as numbers.
const maxValues = 1_000_000

// Decode reads a YAML or JSON file into v and returns its value. It returns an error for a
// file whose nesting or aliases would exhaust memory, for a key that v does not have, and
// for every mistake that package yamldoc reports.
func Decode(file string, data []byte, v any) (*yamldoc.Node, error) {
	doc, mistakes := yamldoc.Parse(file, data, yamldoc.Options{
		MaxValues: maxValues, AliasesOnly: true, AnyCharacter: true, Merging: "an alias stands for a whole value",
	})
	if len(mistakes) > 0 {
		return nil, mistakes[0]
	}
	return doc, yamldoc.Decode(doc, v)
}

type stateParser struct {
	file string
	doc  *yamldoc.Node
}

// fail returns an error with the line of the value at path, such as "$.groups[0].count". A
// missing value has its parent's line.
func (p *stateParser) fail(path, format string, args ...any) error {
	path = strings.TrimPrefix(path, "$.")
	where := p.file
	if line := lineOf(p.doc, path); line > 0 {
		where = fmt.Sprintf("%s:%d", p.file, line)
	}
	return fmt.Errorf("%s: %s: %w", where, path, fmt.Errorf(format, args...))
}

// lineOf returns the line of the value at a path such as "groups[0].count", or of the value
// around it. It returns 0 if the file does not have the beginning of the path.
func lineOf(n *yamldoc.Node, path string) int {
	line := 0
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		next := n.Get(step)
		if i, err := strconv.Atoi(step); err == nil && i < len(n.Items) {
			next = n.Items[i]
		}
		if next == nil {
			break
		}
		n, line = next, next.At.Line
	}
	return line
}

func (p *stateParser) data(s *stateFile) (*Data, error) {
	d := &Data{Credentials: map[string][]Credential{}, Now: time.Now}
	byMail := map[string]Person{}
	for i, sp := range s.People {
		at := fmt.Sprintf("$.people[%d]", i)
		if sp.Name == "" {
			return nil, p.fail(at, "expected a name")
		}
		if a, err := mail.ParseAddress(sp.Email); err != nil || a.Address != sp.Email {
			return nil, p.fail(at+".email", "expected an e-mail address, found %q", sp.Email)
		}
		key := strings.ToLower(sp.Email)
		if _, twice := byMail[key]; twice {
			return nil, p.fail(at+".email", "%s is there twice", sp.Email)
		}
		if _, made := GeneratedByMail(sp.Email); made {
			return nil, p.fail(at+".email", "%s is the address of a generated member", sp.Email)
		}
		given, family, _ := strings.Cut(sp.Name, " ")
		person := Person{N: int64(i + 1), Given: given, Family: family, Mail: sp.Email, AsksFirst: sp.AutoAccept != nil && !*sp.AutoAccept, ChatOff: sp.ChatOff}
		byMail[key] = person
		d.People = append(d.People, person)
	}
	for i, sg := range s.Groups {
		g, err := p.group(fmt.Sprintf("$.groups[%d]", i), &sg, byMail)
		if err != nil {
			return nil, err
		}
		for _, o := range d.Groups {
			if o.Key == g.Key && (g.Key != "" || o.Name == g.Name) {
				return nil, p.fail(fmt.Sprintf("$.groups[%d].name", i), "a group named %q is there twice", sg.Name)
			}
			for name, id := range g.IDs {
				if o.IDs[name] == id {
					return nil, p.fail(fmt.Sprintf("$.groups[%d].ids.%s", i, name), "another group has this id")
				}
			}
		}
		d.Groups = append(d.Groups, *g)
	}
	if err := p.teams(s, d); err != nil {
		return nil, err
	}
	for provider, creds := range s.Credentials {
		at := "$.credentials." + provider
		if !slices.Contains(Providers, provider) {
			return nil, p.fail(at, "expected one of %s", strings.Join(Providers, ", "))
		}
		for i, c := range creds {
			made, err := p.credential(fmt.Sprintf("%s[%d]", at, i), provider, &c, byMail)
			if err != nil {
				return nil, err
			}
			d.Credentials[provider] = append(d.Credentials[provider], *made)
		}
	}
	if err := p.oauth(s, d, byMail); err != nil {
		return nil, err
	}
	if err := p.deliveries(s, d); err != nil {
		return nil, err
	}
	if err := p.history(s, d); err != nil {
		return nil, err
	}
	if len(d.People) == 0 {
		return nil, p.fail("$.people", "expected at least one person: the first one is whom callers act as")
	}
	return d, nil
}

func (p *stateParser) group(at string, sg *stateGroup, byMail map[string]Person) (*Group, error) {
	if sg.Name == "" {
		return nil, p.fail(at, "expected a name")
	}
	if sg.Kind != "" && sg.Kind != "team" && sg.Kind != "room" {
		return nil, p.fail(at+".kind", "expected team or room, found %q", sg.Kind)
	}
	if sg.Count < 0 || sg.Count > maxGenerated {
		return nil, p.fail(at+".count", "expected 0 to %d, found %d", maxGenerated, sg.Count)
	}
	for i, name := range sg.In {
		if !slices.Contains(Providers, name) {
			return nil, p.fail(fmt.Sprintf("%s.in[%d]", at, i), "expected one of %s, found %q", strings.Join(Providers, ", "), name)
		}
	}
	for name, id := range sg.IDs {
		if !slices.Contains(Providers, name) {
			return nil, p.fail(at+".ids."+name, "expected one of %s", strings.Join(Providers, ", "))
		}
		if id == "" {
			return nil, p.fail(at+".ids."+name, "expected an id")
		}
	}
	g := &Group{
		Name: sg.Name, Key: key(sg.Name), Kind: sg.Kind, Providers: sg.In, IDs: sg.IDs, Count: sg.Count,
		Direct: sg.Type == typeDirect, Team: sg.Team, Moderated: sg.Moderated,
		Anonymous: sg.Anonymous, HiddenMembers: sg.Hidden, WithApp: sg.App, RefusesRepeats: sg.Repeated == addConflicts,
	}
	if err := p.switches(at, sg, g); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, m := range sg.Members {
		made, err := p.member(fmt.Sprintf("%s.members[%d]", at, i), &m, g, byMail)
		if err != nil {
			return nil, err
		}
		if seen[made.Person.Mail] {
			return nil, p.fail(fmt.Sprintf("%s.members[%d].email", at, i), "%s is in the group twice", m.Email)
		}
		seen[made.Person.Mail] = true
		g.Members = append(g.Members, *made)
	}
	return g, p.invitations(at, sg, g)
}

func (p *stateParser) member(at string, m *stateMember, g *Group, byMail map[string]Person) (*Member, error) {
	person, ok := byMail[strings.ToLower(m.Email)]
	if !ok {
		return nil, p.fail(at+".email", "expected the address of one of the people, found %q", m.Email)
	}
	role, err := p.role(at, m.Role)
	if err != nil {
		return nil, err
	}
	return &Member{Person: person, Role: role, Invited: m.State == stateInvited, Hidden: m.Hidden}, p.memberSwitches(at, m, g)
}

// role returns the role of a member or an invitation, RoleMember for "".
func (p *stateParser) role(at, name string) (Role, error) {
	switch role := Role(name); role {
	case "":
		return RoleMember, nil
	case RoleMember, RoleManager, RoleOwner:
		return role, nil
	}
	return "", p.fail(at+".role", "expected member, manager or owner, found %q", name)
}

// invitations adds the invitations of a group.
func (p *stateParser) invitations(at string, sg *stateGroup, g *Group) error {
	pending := map[string]bool{}
	for i, in := range sg.Invited {
		at := itemOf(at+".invitations", i)
		role, err := p.role(at, in.Role)
		if err != nil {
			return err
		}
		key := strings.ToLower(in.Email)
		isPending := in.Status == "" || in.Status == statusPending
		switch a, err := mail.ParseAddress(in.Email); {
		case err != nil || a.Address != in.Email:
			return p.fail(at+".email", "expected an e-mail address, found %q", in.Email)
		case !slices.Contains(statuses, in.Status):
			return p.fail(at+".status", "expected pending, accepted, revoked or expired, found %q", in.Status)
		case isPending && pending[key]:
			return p.fail(at+".email", "%s is invited twice", in.Email)
		case isPending && slices.ContainsFunc(g.Members, func(m Member) bool { return !m.Invited && strings.EqualFold(m.Person.Mail, in.Email) }):
			return p.fail(at+".email", "%s is a member of the group", in.Email)
		}
		pending[key] = pending[key] || isPending
		g.Invitations = append(g.Invitations, Invitation{Mail: in.Email, Role: role, Status: in.Status})
	}
	return nil
}

func key(name string) string {
	f := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') })
	return strings.Join(f, "-")
}
