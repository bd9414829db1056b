package statefile

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
)

// hostile are texts that a reader of YAML could take for something else.
var hostile = []string{
	"no", "on", "null", "~", "true", "1", "007", "1e20", "0x1F", "1_0", ".inf", "2020-01-01", "-", "- a", "? a", "a: b", "a #b", "#a", "&a", "*a", "!a", "!!str a", "|", ">", "%a", "@a", "`a", "{a", "[a", "a]",
	"\"a\"", "'a'", "it's", "a\\", "\\n", "<<", "=", "é", "日本", "😀", " a", "a ", "\u00a0", "a\u200bb", "---", "...", "a\u0301", "email:a", "id:x", "app:x", "group:x", "room:x", "y", "N", "NaN", "a,b", "x@y",
}

// aText draws a text, at times a hostile one.
var aText = rapid.OneOf(rapid.SampledFrom(hostile), rapid.StringMatching(`[a-z]{1,6}`), rapid.StringMatching(`[ -~é]{0,5}[!-~]`))

// anID draws an id that a provider could have.
var anID = rapid.Custom(func(t *rapid.T) string {
	id := aText.Draw(t, "id")
	if memberships.CheckID("id", id) != nil {
		return "x"
	}
	return id
})

// aState draws a state that Load could return.
func aState(t *rapid.T) *reconcile.Desired {
	d := &reconcile.Desired{People: map[string]reconcile.Person{}, MaxRunRemovals: aLimit(t)}
	for i, key := range rapid.SliceOfNDistinct(aText, 0, 5, rapid.ID).Draw(t, "people") {
		p := reconcile.Person{Key: key, Email: fmt.Sprintf("P%d@example.com", i), Aliases: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 2, rapid.ID).Draw(t, "aliases")}
		for j := range p.Aliases {
			p.Aliases[j] += fmt.Sprintf("%d@example.org", i)
		}
		for _, provider := range rapid.SliceOfNDistinct(rapid.SampledFrom(providerNames), 0, 3, rapid.ID).Draw(t, "ids") {
			if p.IDs == nil {
				p.IDs = map[string]memberships.Member{}
			}
			kind := rapid.SampledFrom([]memberships.MemberKind{memberships.MemberUser, memberships.MemberApp, memberships.MemberGroup}).Draw(t, "kind")
			p.IDs[provider] = memberships.Member{Kind: kind, ID: anID.Draw(t, "id") + fmt.Sprint(i)}
		}
		d.People[key] = p
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "addresses") {
		key := fmt.Sprintf("x%d@example.com", i)
		d.People[key] = reconcile.Person{Key: key, Email: key}
	}
	keys := slices.Sorted(maps.Keys(d.People))
	if len(keys) > 0 {
		d.Protected = rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 0, 3, rapid.ID).Draw(t, "protected")
	}
	for i, name := range rapid.SliceOfNDistinct(aText, 0, 4, rapid.ID).Draw(t, "groups") {
		d.Groups = append(d.Groups, aGroup(t, i, name, keys))
	}
	return d
}

func aLimit(t *rapid.T) *reconcile.Limit {
	return &reconcile.Limit{Count: rapid.IntRange(0, 200).Draw(t, "count"), Percent: rapid.IntRange(0, 100).Draw(t, "percent")}
}

// aGroup draws the group number i.
func aGroup(t *rapid.T, i int, name string, keys []string) reconcile.Group {
	g := reconcile.Group{
		Name: name, Mode: rapid.SampledFrom(reconcile.Modes()).Draw(t, "mode"), MaxRemovals: aLimit(t), Ceiling: rapid.IntRange(1, 500).Draw(t, "ceiling"),
		AllowEmpty: true, Invite: rapid.Bool().Draw(t, "invite"), Ignore: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"app:z*", "*@partner.example", "%", "no"}), 0, 3, rapid.ID).Draw(t, "ignore"),
		In: map[string]memberships.Group{},
	}
	for _, provider := range rapid.SliceOfNDistinct(rapid.SampledFrom(providerNames), 1, 3, rapid.ID).Draw(t, "in") {
		g.In[provider] = memberships.ParseGroup(fmt.Sprintf("%s%d", anID.Draw(t, "group"), i))
	}
	if len(keys) > 0 {
		for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 0, 4, rapid.ID).Draw(t, "members") {
			g.Members = append(g.Members, reconcile.Wanted{Person: key, Role: memberships.Role(aText.Draw(t, "role"))})
		}
	}
	if rapid.Bool().Draw(t, "roles") {
		g.Roles = map[string]map[memberships.Role]memberships.Role{"clerk": {memberships.Role(aText.Draw(t, "name")): memberships.Role(aText.Draw(t, "own"))}}
	}
	return g
}

// A written state is read again as it was, and written the same.
func TestRoundTrip(t *testing.T) {
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		d := aState(t)
		if Write(io.Discard, d) != nil { // such as one with a blank key
			return
		}
		read++
		text := written(t, d)
		got, err := loadText(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		c := canonical(d)
		if diff := cmp.Diff(&c, got, withoutPlaces); diff != "" {
			t.Fatalf("(-want +got):\n%s\n%s", diff, text)
		}
		if again := written(t, got); again != text {
			t.Fatalf("%s\nis written as\n%s", text, again)
		}
	})
	if read < 50 {
		t.Errorf("%d states were read", read)
	}
}

// The order of rows and of files, comments, and the parts of several files do not change
// what is read.
func TestOrderDoesNotMatter(t *testing.T) {
	dir := t.TempDir()
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		d := aState(t)
		if Write(io.Discard, d) != nil {
			return
		}
		read++
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		files := []string{"version: 1\n", "version: 1\n", "# nothing\nversion: 1\n"}
		for _, section := range blocks(strings.SplitAfter(written(t, d), "\n"), 0) {
			distribute(r, files, section)
		}
		var paths []string
		for i, text := range files {
			paths = append(paths, filepath.Join(dir, fmt.Sprint(i)))
			if err := os.WriteFile(paths[i], []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		got, err := Load(paths, Options{})
		if err != nil {
			t.Fatalf("%v\n%s", err, strings.Join(files, "\n"))
		}
		c := canonical(d)
		if diff := cmp.Diff(&c, got, withoutPlaces); diff != "" || got.Hash != Hash(d) {
			t.Fatalf("(-want +got):\n%s\n%s", diff, strings.Join(files, "\n"))
		}
	})
	if read < 50 {
		t.Errorf("%d states were read", read)
	}
}

// blocks splits lines at those with an indent, each with the deeper lines behind it.
func blocks(lines []string, indent int) [][]string {
	var all [][]string
	for _, line := range lines {
		switch deeper := strings.HasPrefix(line, strings.Repeat(" ", indent+1)); {
		case strings.HasPrefix(line, "#") || line == "":
		case deeper:
			all[len(all)-1] = append(all[len(all)-1], line)
		default:
			all = append(all, []string{line})
		}
	}
	return all
}

// shuffled returns a block with the entries of every level in another order.
func shuffled(r *rand.Rand, block []string, indent int) string {
	entries := blocks(block[1:], indent+2)
	r.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	var b strings.Builder
	b.WriteString(block[0])
	for _, e := range entries {
		if r.IntN(5) == 0 {
			b.WriteString("# a comment\n\n")
		}
		b.WriteString(shuffled(r, e, indent+2))
	}
	return b.String()
}

// distribute appends the entries of a section to files.
func distribute(r *rand.Rand, files []string, section []string) {
	if strings.HasPrefix(section[0], "version") {
		return
	}
	parts := make([][]string, len(files))
	for _, entry := range blocks(section[1:], 2) {
		i := r.IntN(len(files))
		parts[i] = append(parts[i], shuffled(r, entry, 2))
	}
	for i, part := range parts {
		r.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
		if len(part) > 0 {
			files[i] += section[0] + strings.Join(part, "")
		}
	}
}

// The order of rows in member files does not matter, even if they name a person by an id
// here and by an address there.
func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	rows := []string{
		"box,5000001,,owner", "box,5000002,,member", "box,5000002,b@example.com,member", "clerk,user_1,ada@example.com,owner", "clerk,user_2,,member",
		"webex,Y2lz,X@example.com,member", "clerk,user_3,x@example.com,member", ",,c@example.com,",
	}
	dir, want := t.TempDir(), ""
	rapid.Check(t, func(t *rapid.T) {
		files := map[string]string{
			"a.yaml": "version: 1\npeople: {ada: {email: ada@example.com, ids: {box: \"5000001\"}}}\ngroups:\n  a: {in: {box: \"1\", clerk: a}, members_from: m}\n  b: {in: {box: \"2\", clerk: b}, members_from: [n, m]}\n",
			"m":      "provider,member_id,email,role\n" + strings.Join(rapid.Permutation(rows).Draw(t, "m"), "\n"),
			"n":      "email,role,provider,member_id\n" + strings.Join(rapid.Permutation([]string{"d@example.com,,,", ",,box,5000004"}).Draw(t, "n"), "\n"),
		}
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		d, err := Load([]string{filepath.Join(dir, "a.yaml")}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if text := written(t, d); want == "" {
			want = text
		} else if diff := cmp.Diff(want, text); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
	for _, part := range []string{"  x@example.com:\n    email: x@example.com\n    ids:\n      clerk: user_3\n", "      ada: owner\n", "  \"clerk:user_2\":\n"} {
		if !strings.Contains(want, part) {
			t.Errorf("%q is not in\n%s", part, want)
		}
	}
}
