package statefile

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/reconcile"
)

// block returns the only block of a language in the docs page.
func block(t *testing.T, language string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/desired-state.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllSubmatch(page, -1)
	if len(found) != 1 {
		t.Fatalf("there are %d blocks of %s", len(found), language)
	}
	return string(found[0][1])
}

// The example of the docs page is a valid file with every kind of setting.
func TestExampleOfTheDocs(t *testing.T) {
	schema := compiled(t)
	files := map[string]string{"groups.yaml": block(t, "yaml"), "contractors.csv": block(t, "csv")}
	if err := schema.Validate(asJSON(t, files["groups.yaml"])); err != nil {
		t.Error(err)
	}
	d, err := load(t, files, "groups.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range d.Groups {
		text := g.Name + " " + string(g.Mode) + ":"
		for _, w := range g.Members {
			text += " " + w.Person + "=" + string(w.Role)
		}
		got = append(got, text)
	}
	want := []string{
		"announcements additive: deploy=member grace=manager",
		"contractors additive: ada=lead barbara@example.com=lead niklaus@example.com=member",
		"old unmanaged:",
		"platform authoritative: ada=manager grace=member radia@example.com=member",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if first, _, _ := strings.Cut(written(t, d), "\n"); !strings.HasPrefix(files["groups.yaml"], first+"\n") {
		t.Errorf("the example does not begin with %s", first)
	}
}

// The docs page explains every key and every mode.
func TestDocsExplainEveryKey(t *testing.T) {
	page, err := os.ReadFile("../../docs/desired-state.md")
	if err != nil {
		t.Fatal(err)
	}
	l := newLoader(Options{})
	keys := []string{"version", "people", "defaults", "max_run_removals", "protected", "roles", "groups", "email", "aliases", "name", "ids", "in", "members", "members_from"}
	for key := range l.readers(&settings{}, nil) {
		keys = append(keys, key)
	}
	for _, mode := range reconcile.Modes() {
		keys = append(keys, string(mode))
	}
	for _, key := range keys {
		if !strings.Contains(string(page), "\n| `"+key+"`") {
			t.Errorf("no table explains %s", key)
		}
	}
}
