package snapshot_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

// member returns a membership of a person in a group of Box.
func member(group, person string, role memberships.Role) memberships.Membership {
	return memberships.Membership{
		Provider: "box", ID: "m-" + group + "-" + person,
		Group:  memberships.Group{Kind: memberships.KindGroup, ID: group, Name: "Group " + group},
		Member: memberships.Member{Kind: memberships.MemberUser, ID: person, Email: person + "@example.com", Name: person},
		Role:   role, RoleName: string(role), State: memberships.StateActive,
		Created: time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC),
	}
}

// example is a snapshot with all that the format has.
func example() *snapshot.Snapshot {
	odd := member("1", "alan", memberships.RoleOwner)
	odd.Member.Name, odd.Group.Name = "Alan \u202e\x1b[31m\n\"T\"", "100 %d"
	invited := memberships.Membership{
		Provider: "clerk", Group: memberships.Group{Kind: memberships.KindOrganization, ID: "org_demo"},
		Member: memberships.Member{Kind: memberships.MemberUser, Email: "eva@example.com"},
		Role:   memberships.RoleMember, State: memberships.StateInvited, Expires: time.Date(2026, 2, 5, 10, 0, 0, 0, time.UTC),
	}
	return &snapshot.Snapshot{
		Taken:     time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC),
		Providers: []string{"box", "clerk", "webex"},
		Rows:      []memberships.Membership{member("1", "ada", memberships.RoleManager), odd, invited},
		Coverage: memberships.Coverage{Gaps: append(snapshot.ProviderGaps("box", []memberships.Gap{
			{Level: memberships.GapHidden, Code: memberships.GapWithheld, Group: memberships.Group{Kind: memberships.KindGroup, ID: "1"}, Count: 3, Text: "entries are hidden: 3"},
			{Level: memberships.GapScope, Code: memberships.GapCallersGroups},
		}), snapshot.UnreadGap("webex", errors.New("permission denied at /x%Dy")))},
	}
}

func encode(t testing.TB, s *snapshot.Snapshot) string {
	t.Helper()
	var b strings.Builder
	if err := snapshot.Write(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Read returns the snapshot that Write got, with its hash.
func TestWriteAndRead(t *testing.T) {
	want := example()
	text := encode(t, want)
	got, err := snapshot.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Hash) != 64 {
		t.Errorf("the hash is %q", got.Hash)
	}
	want.Hash = got.Hash
	if diff := cmp.Diff(want, got, cmp.Comparer(memberships.Membership.Equal)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if again := encode(t, got); again != text {
		t.Errorf("written again:\n%s\nwant:\n%s", again, text)
	}
}

// A snapshot that passed through a Windows program has a byte order mark and carriage returns.
func TestReadOfWindows(t *testing.T) {
	text := encode(t, example())
	want, err := snapshot.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	got, err := snapshot.Read(strings.NewReader("\ufeff" + strings.ReplaceAll(text, "\n", "\r\n")))
	if err != nil || got.Hash != want.Hash {
		t.Errorf("got %v, %v", got, err)
	}
}

// A text of a gap with several %d comes back as it was printed.
func TestGapTextWithPercent(t *testing.T) {
	s := &snapshot.Snapshot{Coverage: memberships.Coverage{Gaps: []memberships.Gap{{Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: 7, Text: "box: %d hidden at /a%db%dc"}}}}
	text := encode(t, s)
	got, err := snapshot.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if want := "box: 7 hidden at /a%Db%Dc"; got.Coverage.Gaps[0].String() != want {
		t.Errorf("got %q, want %q", got.Coverage.Gaps[0], want)
	}
}

// The hash and the differences do not depend on the order of the rows.
func TestHashWithoutOrder(t *testing.T) {
	s := example()
	first, err := snapshot.Read(strings.NewReader(encode(t, s)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		rand.New(rand.NewPCG(1, uint64(i))).Shuffle(len(s.Rows), func(i, j int) { s.Rows[i], s.Rows[j] = s.Rows[j], s.Rows[i] })
		got, err := snapshot.Read(strings.NewReader(encode(t, s)))
		if err != nil {
			t.Fatal(err)
		}
		if got.Hash != first.Hash {
			t.Errorf("order %d: the hash is %s, want %s", i, got.Hash, first.Hash)
		}
	}
	s.Rows[0].Role = memberships.RoleOwner
	s.Rows[0].RoleName = "another"
	if got, err := snapshot.Read(strings.NewReader(encode(t, s))); err != nil || got.Hash == first.Hash {
		t.Errorf("another role: %v, hash %s", err, got.Hash)
	}
}

// A membership that was listed twice is written once, and rows without an identity stay.
func TestWriteOnce(t *testing.T) {
	ada := member("1", "ada", memberships.RoleManager)
	anonymous := memberships.Membership{Provider: "googlechat", Group: memberships.Group{Kind: memberships.KindSpace, ID: "AAAA"}, State: memberships.StateActive}
	got, err := snapshot.Read(strings.NewReader(encode(t, &snapshot.Snapshot{Rows: []memberships.Membership{ada, anonymous, ada, anonymous}})))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) != 3 {
		t.Errorf("%d rows, want 3", len(got.Rows))
	}
}

// TestReadRefuses changes a good file and expects the line and the reason.
func TestReadRefuses(t *testing.T) {
	good := encode(t, example())
	lines := strings.SplitAfter(good, "\n")
	end := lines[3]
	replace := func(from, to string) string {
		if !strings.Contains(good, from) {
			t.Fatalf("%q is not in the file", from)
		}
		return strings.Replace(good, from, to, 1)
	}
	for name, tt := range map[string]struct{ text, want string }{
		"an empty file":          {"", "line 1: the file has no end line"},
		"no end line":            {strings.Join(lines[:3], ""), "line 4: the file has no end line"},
		"a cut row":              {lines[0] + lines[1][:50] + "\n" + end, "line 2: this is not JSON"},
		"a cut end":              {good[:len(good)-40], "line 4: this is not JSON"},
		"a missing row":          {lines[0] + lines[1] + end, "line 3: the end line counts 3 memberships; expected 2"},
		"a repeated row":         {lines[0] + lines[1] + lines[0] + lines[2] + end, "line 3: the membership of line 1 stands here again"},
		"a repeated end":         {good + end, "line 5: a line follows the end line"},
		"a row after the end":    {good + lines[0], "line 5: a line follows the end line"},
		"an empty line":          {lines[0] + "\n" + lines[1] + lines[2] + end, "line 2: the line is empty"},
		"a wrong count":          {replace(`"rows":3`, `"rows":4`), "line 4: the end line counts 4 memberships; expected 3"},
		"no count":               {replace(`"rows":3,`, ``), "line 4: end: rows is missing; expected a number"},
		"a changed role":         {replace(`"role":"manager"`, `"role":"owner"`), "line 4: the hash is"},
		"a changed gap":          {replace(`"count":3`, `"count":4`), "line 4: the hash is"},
		"a missing provider":     {replace(`"box","clerk"`, `"box"`), "line 4: the hash is"},
		"another hash":           {replace(`"hash":"`, `"hash":"0`), "line 4: the hash is"},
		"no hash":                {replace(`,"hash":`, `,"hush":`), "line 4: end: hash is missing; expected a text"},
		"another version":        {replace(`"version":1`, `"version":2`), "line 4: end: version is 2; this release reads version 1"},
		"a version in words":     {replace(`"version":1`, `"version":"1"`), `line 4: end: version is "1"; expected a number`},
		"a listing":              {replace(`"version":1,`, ``), "line 4: the end line has no version, time and hash"},
		"a wrong time":           {replace(`"taken":"2026`, `"taken":"x`), "line 4: end: taken is"},
		"a wrong time in a row":  {replace(`"created":"2026-01`, `"created":"2026-13`), "line 1: created is"},
		"complete beside gaps":   {replace(`"complete":false`, `"complete":true`), "line 4: end: coverage: complete is true; expected false with 3 gaps"},
		"a gap without level":    {replace(`{"level":"hidden",`, `{`), "line 4: end: coverage: gap 1: level is missing"},
		"a row without a field":  {replace(`"role":"manager",`, ``), "line 1: role is missing; expected a text"},
		"a row with a number":    {replace(`"member_id":"ada"`, `"member_id":1`), "line 1: member_id is 1; expected a text"},
		"a row with null":        {replace(`"member_id":"ada"`, `"member_id":null`), "line 1: member_id is null; expected a text"},
		"a row without provider": {replace(`"provider":"box"`, `"provider":""`), `line 1: provider is ""`},
		"a key twice":            {replace(`{"provider":"box"`, `{"provider":"box","provider":"box"`), "line 1: this is not JSON: duplicate object member name"},
		"an array":               {"[]\n", "line 1: expected an object"},
		"null":                   {"null\n", "line 1: expected an object, found null"},
		"null for the end":       {`{"end":null}`, "line 1: end: expected an object, found null"},
		"two values in a line":   {strings.Replace(good, "\n", "", 1), "line 1: this is not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := snapshot.Read(strings.NewReader(tt.text))
			var line *snapshot.LineError
			if got != nil || !errors.As(err, &line) || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := snapshot.Read(strings.NewReader(strings.Join(lines[:3], ""))); !errors.Is(err, snapshot.ErrNoEnd) {
		t.Errorf("without an end line: %v", err)
	}
}

// Unknown fields pass, in a row, in the end line and in a gap, and so does a missing last
// line end.
func TestReadPassesUnknownFields(t *testing.T) {
	text := strings.TrimSuffix(encode(t, example()), "\n")
	for _, at := range []string{`{"provider":"box",`, `{"end":{`, `{"level":"hidden",`, `"coverage":{`} {
		text = strings.Replace(text, at, at+`"later":{"a":[1,null]},`, 1)
	}
	if got, err := snapshot.Read(strings.NewReader(text)); err != nil || len(got.Rows) != 3 {
		t.Errorf("%v, %+v", err, got)
	}
}

// ReadListing takes a listing with its own end line too.
func TestReadListing(t *testing.T) {
	text := encode(t, example())
	at := strings.Index(text, `,"version":`)
	listing := text[:at] + "}}\n"
	got, err := snapshot.ReadListing(strings.NewReader(listing))
	if err != nil {
		t.Fatal(err)
	}
	want := example()
	want.Providers, want.Taken = nil, time.Time{}
	if diff := cmp.Diff(want, got, cmp.Comparer(memberships.Membership.Equal), cmpopts.IgnoreFields(snapshot.Snapshot{}, "Hash")); diff != "" || got.Hash == "" {
		t.Errorf("hash %q (-want +got):\n%s", got.Hash, diff)
	}
	if _, err := snapshot.ReadListing(strings.NewReader(text)); err != nil {
		t.Error(err)
	}
	if _, err := snapshot.ReadListing(strings.NewReader(strings.Split(text, "\n")[0])); !errors.Is(err, snapshot.ErrNoEnd) {
		t.Errorf("got %v, want ErrNoEnd", err)
	}
}

// failing fails after some bytes.
type failing struct{ left int }

var errDisk = errors.New("no space")

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errDisk
	}
	return len(p), nil
}

func (f *failing) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, errDisk
	}
	n := copy(p, strings.Repeat(" ", f.left))
	f.left -= n
	return n, nil
}

// Errors of writing and reading come back as they are.
func TestErrorsOfFiles(t *testing.T) {
	size := len(encode(t, example()))
	for _, left := range []int{0, size / 2, size - 1} {
		if err := snapshot.Write(&failing{left}, example()); !errors.Is(err, errDisk) {
			t.Errorf("Write with room for %d bytes: %v", left, err)
		}
	}
	if _, err := snapshot.Read(&failing{10}); !errors.Is(err, errDisk) {
		t.Errorf("Read: %v", err)
	}
}

// FuzzRead holds Read to errors with a line, and to snapshots that Write writes equally.
func FuzzRead(f *testing.F) {
	good := encode(f, example())
	f.Add([]byte(good))
	f.Add([]byte(encode(f, &snapshot.Snapshot{})))
	f.Add([]byte(good[:len(good)/2]))
	f.Add([]byte(strings.Replace(good, `"rows":3`, `"rows":-1`, 1)))
	f.Add([]byte(`{"end":{"rows":0,"coverage":{"complete":true,"gaps":[]}}}`))
	f.Add([]byte(strings.Repeat(`{"end":`, 1000)))
	f.Add([]byte("{\"provider\":\"\xff\"}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := snapshot.ReadListing(bytes.NewReader(text))
		var line *snapshot.LineError
		switch {
		case err != nil && !errors.As(err, &line):
			t.Fatalf("no line: %v", err)
		case err != nil:
			return
		}
		again, err := snapshot.Read(strings.NewReader(encode(t, s)))
		if err != nil {
			t.Fatalf("written again: %v", err)
		}
		if diff := cmp.Diff(s.Rows, again.Rows, cmp.Comparer(memberships.Membership.Equal), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-first +again):\n%s", diff)
		}
		if changes := snapshot.Diff(s, again); anyOf(changes, snapshot.Added, snapshot.Removed, snapshot.Changed) {
			t.Fatalf("differences: %v", changes)
		}
	})
}

func anyOf(changes []snapshot.Change, kinds ...snapshot.Kind) bool {
	for _, c := range changes {
		for _, k := range kinds {
			if c.Kind == k {
				return true
			}
		}
	}
	return false
}

// 100,000 rows are written, read and compared, in memory that grows with the rows alone.
func TestManyRows(t *testing.T) {
	s := &snapshot.Snapshot{Providers: []string{"box"}}
	for i := range 100_000 {
		s.Rows = append(s.Rows, member(fmt.Sprint(i/100), fmt.Sprint("p", i), memberships.RoleMember))
	}
	old, err := snapshot.Read(strings.NewReader(encode(t, s)))
	if err != nil {
		t.Fatal(err)
	}
	s.Rows = append(s.Rows[1:], member("0", "new", memberships.RoleMember))
	s.Rows[7].Role = memberships.RoleManager
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	changes := snapshot.Diff(old, s)
	runtime.ReadMemStats(&after)
	if got := describe(changes); len(got) != 3 {
		t.Errorf("got %d changes: %q", len(got), got)
	}
	if perRow := (after.TotalAlloc - before.TotalAlloc) / uint64(len(old.Rows)+len(s.Rows)); perRow > 1024 {
		t.Errorf("Diff allocates %d bytes a row", perRow)
	}
}
