package evidence_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/evidence"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// complete is evidence in which nothing is left.
func complete() *evidence.Evidence {
	return &evidence.Evidence{
		Actor: "ada on desk, process 7", Started: noon, Finished: noon.Add(time.Minute), Plan: "abc",
		People: []evidence.Person{{Key: "bob", Email: "bob@example.com", Aliases: []string{"b@example.com"}, IDs: map[string]string{"box": "12"}}},
		Searches: []evidence.Search{
			{Provider: "box", Person: "bob", Verdict: evidence.VerdictFound, Caller: "7", Gaps: []evidence.Gap{{Level: memberships.GapScope, Code: memberships.GapCallersGroups, Text: "some"}}},
			{Provider: "clerk", Person: "bob", Verdict: evidence.VerdictUnknown, Error: "no such member"},
		},
		Memberships: []evidence.Membership{
			{Provider: "box", GroupKind: "group", GroupID: "9", GroupName: "Demo", Person: "bob", MemberID: "12", Op: memberships.OpRemove, Role: "member", Since: noon, Outcome: reconcile.OutcomeDone, RequestID: "r1", ReadBack: reconcile.ReadBackAbsent},
		},
	}
}

func written(t *testing.T, e *evidence.Evidence) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := e.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadAgain(t *testing.T) {
	want := complete()
	got, sum, err := evidence.Read(bytes.NewReader(written(t, want)))
	if err != nil || len(sum) != 64 {
		t.Fatal(sum, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A provider that cannot tell, a membership that was left and one that is still there make
// the evidence incomplete.
func TestIsComplete(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*evidence.Evidence)
		want   bool
	}{
		"complete":     {func(*evidence.Evidence) {}, true},
		"undetermined": {func(e *evidence.Evidence) { e.Searches[0].Verdict = evidence.VerdictUndetermined }, false},
		"left alone":   {func(e *evidence.Evidence) { e.Memberships[0].Left = "the member is the caller" }, false},
		"excluded": {func(e *evidence.Evidence) {
			e.Memberships[0] = evidence.Membership{Left: "the group is not selected", Excluded: true}
		}, true},
		"still there":     {func(e *evidence.Evidence) { e.Memberships[0].ReadBack = reconcile.ReadBackPresent }, false},
		"not read back":   {func(e *evidence.Evidence) { e.Memberships[0].ReadBack = "" }, false},
		"a new successor": {func(e *evidence.Evidence) { e.Memberships[0] = evidence.Membership{Op: memberships.OpAdd} }, true},
	} {
		e := complete()
		tt.change(e)
		if got := e.IsComplete(); got != tt.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// No edit of evidence passes.
func TestEdits(t *testing.T) {
	whole := written(t, complete())
	rows := bytes.SplitAfter(whole, []byte("\n"))
	rows = rows[:len(rows)-1]
	random := mathrand.New(mathrand.NewPCG(3, 4))
	for range deeptest.Count(2_000, 100_000) {
		edited := edit(random, whole, rows)
		if bytes.Equal(edited, whole) {
			continue
		}
		_, _, err := evidence.Read(bytes.NewReader(edited))
		var wrong *evidence.Error
		if !errors.As(err, &wrong) || wrong.Line < 1 {
			t.Fatalf("got %v of:\n%s", err, edited)
		}
	}
}

func edit(random *mathrand.Rand, whole []byte, rows [][]byte) []byte {
	i, j := random.IntN(len(rows)), random.IntN(len(rows))
	at := random.IntN(len(whole))
	changed := slices.Clone(rows)
	switch random.IntN(6) {
	case 0:
		out := bytes.Clone(whole)
		out[at] ^= byte(1 << random.IntN(8))
		return out
	case 1:
		return slices.Delete(bytes.Clone(whole), at, at+1)
	case 2:
		changed = slices.Delete(changed, i, i+1)
	case 3:
		changed[i], changed[j] = changed[j], changed[i]
	case 4:
		changed = slices.Insert(changed, j, rows[i])
	case 5:
		changed = changed[:i]
	}
	return bytes.Join(changed, nil)
}

// The signature is the one of ed25519 over the bytes, and a key of another kind is refused
// without its content.
func TestSign(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key, err := evidence.ParseKey(pemOf(t, private))
	if err != nil {
		t.Fatal(err)
	}
	file := written(t, complete())
	if !ed25519.Verify(public, file, evidence.Sign(key, file)) {
		t.Error("the signature is wrong")
	}
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"no PEM":      {[]byte("SECRET"), "not PEM"},
		"another key": {pemOf(t, other), "ed25519"},
		"another PEM": {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("SECRET")}), "CERTIFICATE"},
		"cut":         {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("SECRET")}), "cannot be read"},
	} {
		_, err := evidence.ParseKey(tt.file)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func pemOf(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

var update = flag.Bool("update", false, "write the golden files")

// The lines of evidence are its format: a change of them needs another version.
func TestGolden(t *testing.T) {
	path := filepath.Join("testdata", "evidence.ndjson")
	got := written(t, complete())
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
		t.Errorf("(-want +got):\n%s", diff)
	}
}
