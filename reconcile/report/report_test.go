package report

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html/atom"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

var update = flag.Bool("update", false, "rewrite testdata/*.html")

// house is a snapshot with each kind of member, role and gap.
func house() *snapshot.Snapshot {
	s := snap(
		in("1", "Ada", role(memberships.RoleOwner, "admin")), in("1", "Grace"), in("2", "Grace", role(memberships.RoleManager, "")),
		in("1", "Eve", address("eve@partner.example")), in("2", "Gus", role(memberships.RoleUnknown, "guest_reader")),
		in("2", "Bot", kind(memberships.MemberApp)), in("2", "Team", kind(memberships.MemberGroup)), in("2", "Nobody", address("")),
		in("1", "", invited(taken.AddDate(0, 0, 7)), address("new@example.com")), in("2", "", invited(taken.AddDate(0, 0, -7)), address("late@example.com")),
		in("Y2lz", "ADA", of("webex"), role(memberships.RoleManager, "moderator"), address("ADA@example.com")),
	)
	s.Providers = []string{"box", "webex"}
	s.Coverage.Add(
		memberships.Gap{Level: memberships.GapScope, Code: memberships.GapCallersGroups, Text: "webex: the caller's groups only"},
		memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: 3, Text: "box: %d entries are withheld", Group: memberships.Group{Kind: memberships.KindGroup, ID: "2", Name: "Group 2"}},
	)
	return s
}

// before is an earlier state of house.
func before() *snapshot.Snapshot {
	s := snap(
		in("1", "Ada", role(memberships.RoleManager, "")), in("1", "Grace"), in("2", "Grace", role(memberships.RoleManager, "")),
		in("1", "Left"), in("2", "Hidden"), in("3", "Old"), in("2", "Gus", role(memberships.RoleUnknown, "guest_reader")),
	)
	for i := range s.Rows {
		if s.Rows[i].Group.ID == "1" {
			s.Rows[i].Group.Name = "Former name"
		}
	}
	s.Taken, s.Hash = taken.AddDate(0, 0, -7), strings.Repeat("01", 32)
	return s
}

// The golden files are whole reports without style and script.
func TestGolden(t *testing.T) {
	outside := regexp.MustCompile(`(?s)(<style>|<script>).*?(</style>|</script>)|sha256-[^']*`)
	for name, file := range map[string][]byte{
		"empty": write(t, snap(), Options{}),
		"house": write(t, house(), Options{Title: "Access review", Now: taken.Add(time.Hour)}),
		"since": write(t, house(), Options{Since: before(), HomeDomains: []string{"example.com"}}),
	} {
		got := outside.ReplaceAll(file, []byte("$1$2"))
		path := filepath.Join("testdata", name+".html")
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// The matrix has managers and owners first, joins accounts by address, and marks others.
func TestMatrix(t *testing.T) {
	want := []string{
		"Person|Group 1 box|Group 2 box|Group Y2lz webex",
		"Ada ada@example.com|owner||manager",
		"Grace grace@example.com|member|manager|",
		"Bot box Bot app||member|",
		"Eve eve@partner.example outsider|member||",
		"late@example.com invited||member, invited|",
		"new@example.com invited|member, invited||",
		"Nobody box Nobody no address||member|",
		"Team box Team group||member|",
		"Gus gus@example.com guest||unknown|",
	}
	if diff := cmp.Diff(want, read(t, house(), Options{}).matrix()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Each group has a list for the review: managers and owners first, with empty columns.
func TestGroupLists(t *testing.T) {
	d := read(t, house(), Options{})
	heads := table(d.byID("g1"))[0]
	if want := "Member|Address|Role|Since|Decision|Reviewer|Date"; heads != want {
		t.Errorf("the heads are %s, want %s", heads, want)
	}
	want := []string{
		"Grace|grace@example.com|manager|2026-10-28",
		"Bot app|box Bot|member|2026-10-28",
		"late@example.com invited, ended 2026-11-21|late@example.com|member|2026-10-28",
		"Nobody|box Nobody|member|2026-10-28",
		"Team group|box Team|member|2026-10-28",
		"Gus guest|gus@example.com|unknown (guest_reader)|2026-10-28",
	}
	if diff := cmp.Diff(want, d.members(1)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := d.members(0)[3]; got != "new@example.com invited until 2026-12-05|new@example.com|member|2026-10-28" {
		t.Errorf("the invited one is %q", got)
	}
	if got, want := words(all(d.byID("g1"), atom.P)[0]), "Memberships: 6. Managers: 1. Other roles: 1. Invited: 1."; got != want {
		t.Errorf("the tally is %q, want %q", got, want)
	}
}

// Gaps stand above all lists and in the list of their group, in words.
func TestGapsAreAtTheTop(t *testing.T) {
	d := read(t, house(), Options{})
	want := []string{"Memberships", "Not seen", "People by groups", "Groups", "Group 1 box group:1", "Group 2 box group:2", "Group Y2lz webex group:Y2lz"}
	if diff := cmp.Diff(want, d.headings()); diff != "" {
		t.Errorf("headings (-want +got):\n%s", diff)
	}
	gaps := d.byID("gaps")
	wantText := "Not seen Hidden parts. A person who is not listed there may still be a member: Group 2, group:2: box: 3 entries are withheld " +
		"Outside the scope of the credentials: webex: the caller's groups only"
	if diff := cmp.Diff(wantText, words(gaps)); diff != "" || attribute(gaps, "class") != "bad" {
		t.Errorf("class %q (-want +got):\n%s", attribute(gaps, "class"), diff)
	}
	if got, want := words(all(d.byID("g1"), atom.P)[1]), "Not seen: box: 3 entries are withheld"; got != want {
		t.Errorf("the group says %q, want %q", got, want)
	}
	if got := read(t, snap(), Options{}).headings()[1]; got != "Not seen: nothing" {
		t.Errorf("a complete snapshot says %q", got)
	}
}

// A gap of an unknown level is not lost.
func TestGapOfAnotherLevel(t *testing.T) {
	s := snap()
	s.Coverage.Add(memberships.Gap{Level: "partial", Code: "x", Text: "box: half of it"})
	if got := words(read(t, s, Options{}).byID("gaps")); got != "Not seen Other parts: box: half of it" {
		t.Errorf("got %q", got)
	}
}

// Options.Since marks each row that differs, and never calls a hidden one removed.
func TestSince(t *testing.T) {
	d := read(t, house(), Options{Since: before()})
	want := [][]string{
		{
			"Ada|ada@example.com|owner (admin) changed: was manager|2026-10-28",
			"Eve outsider|eve@partner.example|member added|2026-10-28",
			"Grace|grace@example.com|member|2026-10-28",
			"new@example.com invited until 2026-12-05|new@example.com|member added|2026-10-28",
			"Left|left@example.com|member removed|2026-10-28",
		},
		{
			"Grace|grace@example.com|manager|2026-10-28",
			"Bot app|box Bot|member added|2026-10-28",
			"late@example.com invited, ended 2026-11-21|late@example.com|member added|2026-10-28",
			"Nobody|box Nobody|member added|2026-10-28",
			"Team group|box Team|member added|2026-10-28",
			"Gus guest|gus@example.com|unknown (guest_reader)|2026-10-28",
			"Hidden|hidden@example.com|member not seen|2026-10-28",
		},
		{"Old|old@example.com|member removed|2026-10-28"},
		{"ADA|ADA@example.com|manager (moderator) first seen|2026-10-28"},
	}
	var got [][]string
	for i := range want {
		got = append(got, d.members(i))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
	rows := d.matrix()
	for _, row := range []string{
		"Ada ada@example.com|owner changed: was manager|||manager first seen", "Hidden hidden@example.com in no group now||member not seen||",
		"Left left@example.com in no group now|member removed|||", "Old old@example.com in no group now|||member removed|",
	} {
		if !slices.Contains(rows, row) {
			t.Errorf("no row is %q: %q", row, rows)
		}
	}
	if got := d.headings()[4]; got != "Group 1 box group:1 changed: was Former name" {
		t.Errorf("the renamed group is %q", got)
	}
	if got, want := words(all(d.root, atom.Header)[0]), "added 6, first seen 1, changed 1, removed 2, not seen 1, not comparable 0."; !strings.Contains(got, want) {
		t.Errorf("the head is %q, want %q in it", got, want)
	}
}

// Members without id and address are neither joined nor compared.
func TestMembersWithoutIdentity(t *testing.T) {
	bare := func(m *memberships.Membership) { m.ID, m.Member = "", memberships.Member{} }
	s := snap(in("1", "a", bare), in("1", "b", bare))
	d := read(t, s, Options{Since: s})
	row := "without an identity box no address|member not comparable"
	if diff := cmp.Diff([]string{"Person|Group 1 box", row, row}, d.matrix()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A provider may leave out the address of an account that it returns elsewhere.
func TestPeopleAreJoined(t *testing.T) {
	for name, tt := range map[string]struct {
		rows []memberships.Membership
		want []string
	}{
		"letter case": {[]memberships.Membership{in("1", "a", of("x"), address("Ada@Example.com")), in("1", "b", address("ada@example.COM"))},
			[]string{"b ada@example.com|member|member"}},
		"an address in one group": {[]memberships.Membership{in("1", "a"), in("2", "a", address(""))}, []string{"a a@example.com|member|member"}},
		"one id in two providers": {[]memberships.Membership{in("1", "a", address("")), in("1", "a", of("x"), address(""))},
			[]string{"a box a no address|member|", "a x a no address||member"}},
		"an app and a person": {[]memberships.Membership{in("1", "a", address("")), in("1", "a", kind(memberships.MemberApp))},
			[]string{"a box a app|member", "a box a no address|member"}},
		"two accounts in one group": {[]memberships.Membership{in("1", "a", address("x@example.com")), in("1", "b", address("X@example.com"), role(memberships.RoleOwner, ""))},
			[]string{"b x@example.com|owner; member"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, read(t, snap(tt.rows...), Options{}).matrix()[1:]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOutsiders(t *testing.T) {
	rows := []memberships.Membership{
		in("1", "a", address("a@b.example")), in("2", "a", address("a@b.example")), in("1", "c", address("c@A.example")),
		in("1", "d", address("d@a.example")), in("1", "e", address("e@sub.a.example")), in("1", "f", address("")),
	}
	for name, tt := range map[string]struct {
		rows []memberships.Membership
		home []string
		want []string
	}{
		"the most frequent domain of people": {rows, nil, []string{"a", "e"}},
		"a tie":                              {rows[:3], nil, []string{"a"}},
		"named domains":                      {rows, []string{"B.Example", "sub.a.example"}, []string{"c", "d"}},
		"no addresses":                       {rows[5:], nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, row := range read(t, snap(tt.rows...), Options{HomeDomains: tt.home}).matrix() {
				if strings.Contains(row, "outsider") {
					got = append(got, row[:1])
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The foot has hash and time of the snapshots, and the time of the report.
func TestFoot(t *testing.T) {
	d := read(t, house(), Options{Since: before(), Now: taken.Add(time.Hour)})
	want := "Snapshot of 2026-11-28 12:00:00 UTC, SHA-256 " + strings.Repeat("5e", 32) +
		" Compared with the snapshot of 2026-11-21 12:00:00 UTC, SHA-256 " + strings.Repeat("01", 32) + " Report written at 2026-11-28 13:00:00 UTC"
	if diff := cmp.Diff(want, words(all(d.root, atom.Footer)[0])); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := words(all(read(t, &snapshot.Snapshot{}, Options{}).root, atom.Footer)[0]), "Snapshot of an unknown time, without a hash"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The order of the rows does not matter.
func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	bare := func(m *memberships.Membership) { m.ID, m.Member = "", memberships.Member{Name: "x"} }
	s, o := house(), Options{Since: before()}
	s.Rows = append(s.Rows, in("1", "a", bare), in("1", "b", bare), in("2", "c", bare), in("2", "Grace"), in("2", "Grace", address("g@example.com")))
	want := write(t, s, o)
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		for _, rows := range [][]memberships.Membership{s.Rows, o.Since.Rows} {
			r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		}
		if diff := cmp.Diff(string(want), string(write(t, s, o))); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

// crowd returns a snapshot of people in groups, each person in some of them.
func crowd(people, groups, each int) *snapshot.Snapshot {
	s := snap()
	for p := range people {
		for i := range each {
			s.Rows = append(s.Rows, in(fmt.Sprint((p+i*7)%groups), fmt.Sprintf("Person %d", p)))
		}
	}
	return s
}

// A large report has no cell for a group that a person is not in.
func TestLargeReportIsAList(t *testing.T) {
	s := crowd(300, 100, 4)
	s.Rows[0].Role, s.Rows[1].Role = memberships.RoleOwner, memberships.RoleManager
	s.Rows[2].State = memberships.StateInvited
	file := write(t, s, Options{})
	people := parse(t, file).byID("people")
	items := all(people, atom.Li)
	if len(items) != 300 {
		t.Fatalf("%d entries", len(items))
	}
	want := "Person 0 person 0@example.com invited Groups: 4. Owner: Group 0 (box). Manager: Group 7 (box). Member: Group 14 (box, invited), Group 21 (box)"
	if got := words(items[0]); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if perRow := (len(file) - len(write(t, snap(), Options{}))) / len(s.Rows); perRow > 250 {
		t.Errorf("%d bytes for each membership", perRow)
	}
	if cells := len(all(people, atom.Td)); cells != 0 {
		t.Errorf("%d cells", cells)
	}
}

// pieces is a writer that fails after some writes.
type pieces struct {
	largest, left int
}

var errFull = errors.New("full")

func (p *pieces) Write(b []byte) (int, error) {
	if p.left--; p.left < 0 {
		return 0, errFull
	}
	p.largest = max(p.largest, len(b))
	return len(b), nil
}

// Write keeps no copy of the file, and returns the writer's error.
func TestWriteInPieces(t *testing.T) {
	s := crowd(1000, 100, 10)
	p := &pieces{left: 1 << 20}
	if err := Write(p, s, Options{}); err != nil || p.largest > 64<<10 {
		t.Errorf("a piece of %d bytes, %v", p.largest, err)
	}
	for left := range 3 {
		if err := Write(&pieces{left: left}, s, Options{}); !errors.Is(err, errFull) {
			t.Errorf("after %d pieces: %v", left, err)
		}
	}
}

// Write changes neither snapshot.
func TestWriteKeepsItsInput(t *testing.T) {
	s, o := house(), Options{Since: before(), HomeDomains: []string{"B.example", "a.example"}}
	s.Providers = []string{"webex", "box"}
	write(t, s, o)
	want := house()
	want.Providers = []string{"webex", "box"}
	if diff := cmp.Diff([]*snapshot.Snapshot{want, before()}, []*snapshot.Snapshot{s, o.Since}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if bytes.Contains(write(t, s, o), []byte("most frequent")) {
		t.Error("named domains are called the most frequent one")
	}
}
