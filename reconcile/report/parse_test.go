package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

var taken = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// in returns a membership in Box of a person of example.com.
func in(group, person string, change ...func(*memberships.Membership)) memberships.Membership {
	m := memberships.Membership{
		Provider: "box", ID: group + person, Group: memberships.Group{Kind: memberships.KindGroup, ID: group, Name: "Group " + group},
		Member: memberships.Member{Kind: memberships.MemberUser, ID: person, Email: strings.ToLower(person) + "@example.com", Name: person},
		Role:   memberships.RoleMember, State: memberships.StateActive, Created: taken.AddDate(0, -1, 0),
	}
	for _, c := range change {
		c(&m)
	}
	return m
}

func role(r memberships.Role, name string) func(*memberships.Membership) {
	return func(m *memberships.Membership) { m.Role, m.RoleName = r, name }
}

func address(s string) func(*memberships.Membership) {
	return func(m *memberships.Membership) { m.Member.Email = s }
}

func invited(until time.Time) func(*memberships.Membership) {
	return func(m *memberships.Membership) { m.State, m.Expires = memberships.StateInvited, until }
}

func of(provider string) func(*memberships.Membership) {
	return func(m *memberships.Membership) { m.Provider = provider }
}

func kind(k memberships.MemberKind) func(*memberships.Membership) {
	return func(m *memberships.Membership) { m.Member.Kind, m.Member.Email = k, "" }
}

// snap returns a snapshot of all of Box.
func snap(rows ...memberships.Membership) *snapshot.Snapshot {
	return &snapshot.Snapshot{Taken: taken, Providers: []string{"box"}, Rows: rows, Hash: strings.Repeat("5e", 32)}
}

func write(t testing.TB, s *snapshot.Snapshot, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, s, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// document is a report as a browser without scripts reads it.
type document struct{ root *html.Node }

func parse(t testing.TB, file []byte) document {
	t.Helper()
	root, err := html.ParseWithOptions(bytes.NewReader(file), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	return document{root}
}

func read(t testing.TB, s *snapshot.Snapshot, o Options) document {
	t.Helper()
	return parse(t, write(t, s, o))
}

// all returns the elements below n with a name.
func all(n *html.Node, name atom.Atom) []*html.Node {
	var found []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.DataAtom == name {
			found = append(found, d)
		}
	}
	return found
}

// byID returns the element with an id.
func (d document) byID(id string) *html.Node {
	for n := range d.root.Descendants() {
		if attribute(n, "id") == id {
			return n
		}
	}
	return nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words returns the text below n with single spaces.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// table returns the rows of a table as texts, with | between the cells.
func table(n *html.Node) []string {
	var rows []string
	for _, tr := range all(n, atom.Tr) {
		var cells []string
		for c := range tr.ChildNodes() {
			if c.Type == html.ElementNode {
				cells = append(cells, words(c))
			}
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	return rows
}

// matrix returns the rows of the people by groups.
func (d document) matrix() []string { return table(d.byID("by-person")) }

// members returns the rows of a group without the heads.
func (d document) members(group int) []string {
	var sections []*html.Node
	for _, n := range all(d.root, atom.Section) {
		if attribute(n, "class") == "group" {
			sections = append(sections, n)
		}
	}
	return table(sections[group])[1:]
}

// headings returns the texts of the headings in their order.
func (d document) headings() []string {
	var texts []string
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && slices.Contains([]atom.Atom{atom.H1, atom.H2, atom.H3}, n.DataAtom) {
			texts = append(texts, words(n))
		}
	}
	return texts
}
