package report

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title></style></script></noscript><svg onload=alert(1)>`,
	`--><!--<script>`, `]]>`, `&lt;b&gt; &#60; &amp`, "javascript:alert(1)", "</td></table><form action=//evil.example>", "{{template}} ${x} `", "a\nb\r<tr data-p=0>\t",
}

// filled returns a snapshot whose every text is s, with a number where texts must differ.
func filled(s string) (*snapshot.Snapshot, Options) {
	row := func(n int, state memberships.State) memberships.Membership {
		return memberships.Membership{
			Provider: s, ID: s, Group: memberships.Group{Kind: memberships.GroupKind(s), ID: s + strconv.Itoa(n%2), Name: s},
			Member: memberships.Member{Kind: memberships.MemberKind(s), ID: s + strconv.Itoa(n), Email: s + strconv.Itoa(n) + "@" + s, Name: s},
			Role:   memberships.Role(s), RoleName: s + "r", State: state,
		}
	}
	text := memberships.State(s)
	all := &snapshot.Snapshot{Providers: []string{s}, Hash: s, Rows: []memberships.Membership{row(0, text), row(1, text), row(2, memberships.StateInvited), row(3, text)}}
	all.Rows[3].Member.Email = ""
	for i, level := range []memberships.GapLevel{memberships.GapHidden, memberships.GapScope, memberships.GapLevel(s)} {
		all.Coverage.Add(
			memberships.Gap{Level: level, Code: memberships.GapCode(s), Text: s, Group: memberships.Group{Kind: memberships.GroupKind(s), ID: s + strconv.Itoa(i), Name: s}},
			memberships.Gap{Level: level, Code: memberships.GapCode(s), Text: s + ": x"})
	}
	since := &snapshot.Snapshot{Providers: []string{s}, Hash: s, Rows: []memberships.Membership{row(0, memberships.StateActive), row(5, text)}}
	since.Rows[0].Group.Name = s + "was"
	return all, Options{Title: s, Since: since, HomeDomains: []string{s, "other"}}
}

// skeleton returns the elements of a document with the names of their attributes, and the
// values of the attributes that a browser acts on.
func skeleton(root *html.Node) []string {
	var all []string
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			all = append(all, "comment")
		}
		if n.Type != html.ElementNode {
			continue
		}
		tag := n.Data
		for _, a := range n.Attr {
			if a.Key == "title" { // of long texts alone
				continue
			}
			tag += " " + a.Key
			if !slices.Contains([]string{"value", "data-provider"}, a.Key) {
				tag += "=" + a.Val
			}
		}
		all = append(all, tag)
	}
	return all
}

// Hostile texts in every field make no element and no attribute, with and without scripts.
func TestHostileTexts(t *testing.T) {
	for _, scripting := range []bool{false, true} {
		tree := func(text string) []string {
			s, o := filled(text)
			root, err := html.ParseWithOptions(bytes.NewReader(write(t, s, o)), html.ParseOptionEnableScripting(scripting))
			if err != nil {
				t.Fatal(err)
			}
			return skeleton(root)
		}
		want := tree("plain")
		for _, text := range hostile {
			if diff := cmp.Diff(want, tree(text)); diff != "" {
				t.Errorf("%q with scripting %t (-want +got):\n%s", text, scripting, diff)
			}
		}
	}
}

// A browser that runs the script makes each table from the text of a noscript element.
func TestTablesFromText(t *testing.T) {
	for _, text := range append(hostile, "plain") {
		s, o := filled(text)
		file := write(t, s, o)
		root, err := html.Parse(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		lines := 0
		for _, n := range all(root, atom.Noscript)[1:] {
			nodes, err := html.ParseFragment(strings.NewReader(n.FirstChild.Data), &html.Node{Type: html.ElementNode, Data: "section", DataAtom: atom.Section})
			if err != nil || len(nodes) != 1 {
				t.Fatalf("%d nodes, %v", len(nodes), err)
			}
			got = append(got, table(nodes[0])[1:]...)
			lines += len(regexp.MustCompile(`(?m)^<tr data-p=(\d+)(?: class="([^"]*)")?>`).FindAllString(n.FirstChild.Data, -1))
		}
		d := parse(t, file)
		want := append(d.members(0), d.members(1)...)
		if diff := cmp.Diff(want, got); diff != "" || lines != len(got) {
			t.Errorf("%q: %d lines (-want +got):\n%s", text, lines, diff)
		}
	}
}

// Any text comes back as it is, apart from characters without a shape.
func FuzzText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Add("\x00\xff\u202e\u200d")
	f.Fuzz(func(t *testing.T, s string) {
		d := read(t, snap(), Options{Title: s + "."})
		if got, want := words(all(d.root, atom.H1)[0]), strings.Join(strings.Fields(visible(s+".")), " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"Zoë 日本語 שלום e\u0301 👩\u200d💻": "Zoë 日本語 שלום e\u0301 👩\u200d💻",
		"a\u202eb\u2066c\u200f":         "a[U+202E]b[U+2066]c[U+200F]",
		"a\x00b\n\x7f\u0085":            "a[U+0000]b[U+000A][U+007F][U+0085]",
		"a\u200b\ufeff\u00ad\u2060":     "a[U+200B][U+FEFF][U+00AD][U+2060]",
		"a\xffb":                        "a\ufffdb",
	} {
		if got := visible(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// A long name is cut, and whole in a title.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("é", 10_000)
	d := read(t, snap(in("1", "a", func(m *memberships.Membership) { m.Member.Name, m.Group.Name = long, long })), Options{})
	titles := 0
	for n := range d.root.Descendants() {
		if title := attribute(n, "title"); title != "" {
			titles++
			if title != long {
				t.Errorf("a title of %d bytes", len(title))
			}
		}
		if n.Type == html.TextNode && n.Parent.DataAtom != atom.Style && n.Parent.DataAtom != atom.Script && strings.Count(n.Data, "é") > maxName {
			t.Errorf("a text of %d bytes in %s", len(n.Data), n.Parent.Data)
		}
	}
	if titles != 3 { // the person, the column and the group
		t.Errorf("%d titles", titles)
	}
	if got, want := d.members(0)[0], strings.Repeat("é", maxName)+"…|a@example.com|member|2026-10-28"; got != want {
		t.Errorf("got %q", got)
	}
}

// A name from right to left turns no neighbor around.
func TestRightToLeftNames(t *testing.T) {
	d := read(t, snap(in("1", "שלום")), Options{})
	if n := len(all(d.byID("by-person"), atom.Bdi)); n == 0 {
		t.Error("the name has no element of its own")
	}
}

// The policy has the hashes of the only style and script, and the file loads nothing.
func TestPolicy(t *testing.T) {
	d := read(t, house(), Options{Since: before()})
	styles, scripts := all(d.root, atom.Style), all(d.root, atom.Script)
	if len(styles) != 1 || len(scripts) != 1 {
		t.Fatalf("%d styles, %d scripts", len(styles), len(scripts))
	}
	want := fmt.Sprintf("default-src 'none'; script-src '%s'; style-src '%s'; base-uri 'none'; form-action 'none'",
		fingerprint(markup(scripts[0].FirstChild.Data)), fingerprint(markup(styles[0].FirstChild.Data)))
	got := ""
	for n := range d.root.Descendants() {
		if attribute(n, "http-equiv") == "Content-Security-Policy" {
			got = attribute(n, "content")
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "#g") {
				t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	if got != want {
		t.Errorf("the policy is %s, want %s", got, want)
	}
	if strings.Contains(string(style), "url(") || strings.Contains(string(style), "@import") {
		t.Error("the style loads something")
	}
}

// Foreign texts become markup nowhere: the one conversion is that of a hash.
func TestMarkupIsConstant(t *testing.T) {
	names, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	conversions := 0
	for _, n := range names {
		if !strings.HasSuffix(n.Name(), ".go") || strings.HasSuffix(n.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), n.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if f, ok := call.Fun.(*ast.Ident); ok && f.Name == "markup" {
					conversions++
				}
			}
			return true
		})
	}
	if conversions != 1 {
		t.Errorf("%d conversions to markup", conversions)
	}
}

// Texts have a contrast of at least 4.5 with their background, in light and dark.
func TestContrast(t *testing.T) {
	themes := regexp.MustCompile(`:root \{[^}]*\}`).FindAllString(string(style), -1)
	if len(themes) != 2 {
		t.Fatalf("%d themes", len(themes))
	}
	for _, theme := range themes {
		for _, pair := range [][2]string{{"text", "back"}, {"text", "soft"}, {"soft-text", "back"}, {"soft-text", "soft"}, {"accent", "back"}, {"accent", "soft"}, {"bad", "back"}, {"bad", "bad-back"}, {"good", "good-back"}, {"mark", "mark-back"}} {
			a, b := luminance(t, theme, pair[0]), luminance(t, theme, pair[1])
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
				t.Errorf("%v have a contrast of %.1f in %s", pair, ratio, theme)
			}
		}
	}
}

// luminance returns the relative luminance of a variable of a theme.
func luminance(t *testing.T, theme, name string) float64 {
	t.Helper()
	found := regexp.MustCompile(`--` + name + `: #([0-9a-f]+)`).FindStringSubmatch(theme)
	if found == nil {
		t.Fatalf("no colour %s in %s", name, theme)
	}
	hex := found[1]
	if len(hex) == 3 {
		hex = hex[:1] + hex[:1] + hex[1:2] + hex[1:2] + hex[2:] + hex[2:]
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}
