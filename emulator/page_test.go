package emulator_test

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/memberships-go/memberships/emulator"
)

// hostile are names that a page must show as they are.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title></table><script src=//evil.example></script>`,
	`{{.}}`, `javascript:alert(1)`, "\u202egnp.exe", `&lt;b&gt;`, "<!--", "`${alert(1)}`", "{{people}}", `</style><svg onload=alert(1)>`,
}

// hostileState has the names as those of people, groups, ids and invitations.
func hostileState(t *testing.T) emulator.Option {
	t.Helper()
	var people, groups []map[string]any
	for i, name := range hostile {
		mail := string(rune('a'+i)) + "@example.com"
		people = append(people, map[string]any{"name": name, "email": mail})
		groups = append(groups, map[string]any{"name": name, "ids": map[string]string{"pubnub": name, "googlechat": "AAAA" + name}, "members": []any{map[string]string{"email": mail}}})
	}
	state, err := json.Marshal(map[string]any{"people": people, "groups": groups})
	if err != nil {
		t.Fatal(err)
	}
	return emulator.WithState("s.json", state)
}

// page returns the nodes of the page.
func page(t *testing.T, e *emulator.Emulator) (root *html.Node, header map[string][]string) {
	t.Helper()
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, httptest.NewRequest("GET", "http://127.0.0.1/", nil))
	if rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	root, err := html.Parse(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	return root, rec.Header()
}

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(text(c))
	}
	return b.String()
}

// Hostile names are text on the page: it has the elements and attributes of the template and
// no other, and loads its own files alone.
func TestPageOfHostileNames(t *testing.T) {
	root, header := page(t, create(t, hostileState(t)))
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	if got := header["Content-Security-Policy"]; !slices.Equal(got, []string{policy}) {
		t.Errorf("policy %q", got)
	}
	elements, attributes, loaded := map[string]bool{}, map[string]bool{}, []string{}
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			t.Errorf("comment %q", n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		elements[n.Data] = true
		for _, a := range n.Attr {
			attributes[a.Key] = true
			if a.Key == "src" || a.Key == "href" {
				loaded = append(loaded, a.Val)
			}
		}
	}
	want := strings.Fields("a body button form h1 h2 head header html input label li link main meta option output p script section select small span table tbody td th thead title tr ul")
	for _, name := range slices.Sorted(maps.Keys(elements)) {
		if !slices.Contains(want, name) && name != "div" {
			t.Errorf("an element %s", name)
		}
	}
	known := strings.Fields("aria-labelledby charset class colspan content data-state defer for href id lang name rel role rowspan scope src tabindex title type value")
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if !slices.Contains(known, name) {
			t.Errorf("an attribute %s", name)
		}
	}
	if diff := cmp.Diff([]string{"/_emulator/page.css", "/_emulator/page.js", "#requests"}, loaded); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	shown := text(root)
	for _, name := range hostile {
		if !strings.Contains(shown, name) {
			t.Errorf("%q is not shown as it is", name)
		}
	}
}

// The table has a row for each person with a cell for each group of each provider.
func TestPageTable(t *testing.T) {
	root, _ := page(t, create(t, emulator.WithState("s.yaml", []byte(`
people: [{name: Ada, email: ada@example.com}, {name: Bob, email: bob@example.com}]
groups:
  - {name: Demo, in: [box, googlechat], members: [{email: bob@example.com, state: invited}, {email: ada@example.com, role: owner}]}
  - {name: Own, in: [clerk, webex], members: [{email: ada@example.com, role: owner}], count: 150}
`))))
	var rows []string
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "tr" {
			var cells []string
			for c := range n.ChildNodes() {
				if c.Type == html.ElementNode {
					cells = append(cells, text(c))
				}
			}
			rows = append(rows, strings.Join(cells, "|"))
		}
	}
	want := []string{
		"Person|box|clerk|googlechat|webex", // PubNub has no group here
		"Demo 1|Own 151|Demo 2|spaces/DMAA0000001 2|spaces/DMAA0000002 2|Own 151",
		"Ada ada@example.com|admin|org:admin|ROLE_MANAGER|ROLE_MEMBER|ROLE_MEMBER|moderator",
	}
	if diff := cmp.Diff(want, rows[:3]); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	bob := slices.IndexFunc(rows, func(row string) bool { return strings.HasPrefix(row, "Bob") })
	if bob < 0 || rows[bob] != "Bob bob@example.com|||ROLE_MEMBER||ROLE_MEMBER|" {
		t.Errorf("Bob's row: %s", rows[max(bob, 0)])
	}
}

// The script makes no markup of text, and the files name no other origin.
func TestPageFiles(t *testing.T) {
	for _, name := range []string{"page.js", "page.css", "page.html"} {
		b, err := os.ReadFile("internal/page/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, never := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "://", "@import", "url(", "style=", "onclick="} {
			if strings.Contains(string(b), never) {
				t.Errorf("%s has %s", name, never)
			}
		}
	}
	e := create(t)
	for path, media := range map[string]string{"/": "text/html; charset=utf-8", "/_emulator/page.js": "text/javascript; charset=utf-8", "/_emulator/page.css": "text/css; charset=utf-8"} {
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, httptest.NewRequest("GET", "http://localhost"+path, nil))
		if rec.Code != 200 || rec.Header().Get("Content-Type") != media || rec.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(rec.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %d %v", path, rec.Code, rec.Header())
		}
	}
	if status, _ := steer(create(t, emulator.WithoutControl()), "GET", "/", ""); status != 404 {
		t.Errorf("without control, the page is answered %d", status)
	}
}
