package change

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/input"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/option"
)

// inputChanges reads a file of testdata/input as add does, with an emulator. It returns
// the changes as group, member and role, the notes, and the number of requests.
func inputChanges(t *testing.T, provider string, f Flags) (changes []string, notes string, requests int, err error) {
	t.Helper()
	srv := emulator.NewServer()
	defer srv.Close()
	srv.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		if requests++; r.Method != http.MethodGet {
			t.Errorf("%s %s was sent", r.Method, r.URL)
		}
		return false
	})
	c, err := credentials.OpenEmulator(provider, option.WithBaseURL(srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	f.console = &output.Console{Stderr: &stderr}
	read, err := f.read(t.Context(), c, memberships.OpAdd)
	for _, ch := range read {
		changes = append(changes, strings.TrimSpace(ch.ref.Group.String()+" "+ch.ref.Member.String()+" "+string(ch.role)))
	}
	return changes, strings.ReplaceAll(stderr.String(), "testdata/input/", ""), requests, err
}

// Every kind of file has its meaning. Only group names cost a request.
func TestFormatsOfFiles(t *testing.T) {
	const demo = "org_demo"
	tests := []struct {
		file, provider, group string
		columns               []string
		want                  []string
		notes                 string
		requests              int
	}{
		{file: "own.csv", provider: "pubnub", want: []string{"channel:demo grace manager", "channel:demo a,b member"}},
		{file: "own-whole.csv", provider: "googlechat", want: []string{"space:AAAA0000001 100000000000000000001", "space:AAAA0000001 100000000000001000000"}},
		{file: "own.ndjson", provider: "pubnub", want: []string{"channel:demo 1.0 guest", "channel:demo grace member"}},
		{file: "own.ndjson", provider: "pubnub", group: "solo", want: []string{"channel:solo 1.0 guest", "channel:solo grace member"}},
		{file: "own.json", provider: "clerk", want: []string{"organization:org_demo user_1 manager", "organization:org_demo user_2 member"}},
		{file: "indented.json", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com manager", "organization:org_demo radia@example.com"},
			notes: "memberships: indented.json: not read: \"teams\"\n"},
		{file: "box-members.csv", provider: "box", want: []string{"group:9000001 5000001 member", "group:9000002 5000002"}},
		{file: "box-names.csv", provider: "box", want: []string{"group:9000001 grace@example.com", "group:9000003 radia@example.com"}, requests: 1},
		{file: "webex-control-hub.csv", provider: "webex", group: "Y2lz", want: []string{"room:Y2lz grace@example.com", "room:Y2lz radia@example.com"},
			notes: "memberships: webex-control-hub.csv: not read: \"First Name\", \"Last Name\", \"Display Name\", \"User Status\", \"Days Inactive\", \"Calling Behavior\" and \"Webex Meetings\"\n"},
		{file: "entra-members.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com", "organization:org_demo radia@example.com"}},
		{file: "entra-export.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com", "organization:org_demo radia@example.com"},
			notes: "memberships: entra-export.csv: not read: \"displayName\" and \"mail\"\n"},
		{file: "entra-guest.csv", provider: "clerk", group: demo, columns: []string{"email=mail"}, want: []string{"organization:org_demo grace@example.org"},
			notes: "memberships: entra-guest.csv: not read: \"userPrincipalName\"\n"},
		{file: "gam-members.csv", provider: "googlechat", group: "spaces/AAAA0000001", want: []string{"space:AAAA0000001 grace@example.com manager", "space:AAAA0000001 radia@example.com member"},
			notes: "memberships: gam-members.csv: not read: \"group\" and \"status\"\n"},
		{file: "gam-users.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com", "organization:org_demo radia@example.com"}},
		{file: "gam-list.txt", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com", "organization:org_demo radia@example.com", "organization:org_demo hedy@example.com"}},
		{file: "gam-list.tsv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com", "organization:org_demo radia@example.com"}},
		{file: "google-group.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com", "organization:org_demo radia@example.com"},
			notes: "memberships: google-group.csv: not read: \"Nickname\", \"Group status\" and \"Join year\"\n"},
		{file: "google-admin.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com manager"},
			notes: "memberships: google-admin.csv: not read: \"Group Email [Required]\" and \"Member Name\"\n"},
		{file: "hr-german.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com", "organization:org_demo radia@example.com"},
			notes: "memberships: hr-german.csv: not read: \"Personalnr.\" and \"Abteilung\"\n"},
		{file: "hr-mapped.csv", provider: "clerk", group: demo, columns: []string{"email=Work Mail", "role=Access", "skip=Private"}, want: []string{"organization:org_demo grace@example.com manager"}},
		{file: "hr-adresse.csv", provider: "clerk", group: demo, columns: []string{"email=E-Mail-Adresse", "role=Rolle"}, want: []string{"organization:org_demo radia@example.com manager"}},
		{file: "hr.tsv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com manager"}},
		{file: "utf16le-bom.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com manager", "organization:org_demo radia@example.com"}},
		{file: "utf16be-bom.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com manager", "organization:org_demo radia@example.com"}},
		{file: "utf16le.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com manager", "organization:org_demo radia@example.com"}},
		{file: "utf16be.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com manager", "organization:org_demo radia@example.com"}},
		{file: "excel-unicode.txt", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com manager", "organization:org_demo radia@example.com"}},
		{file: "cr.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com manager", "organization:org_demo radia@example.com"}},
		{file: "list.txt", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com", "organization:org_demo radia@example.com", "organization:org_demo hedy@example.com"}},
		{file: "ids.txt", provider: "box", group: "9000001", want: []string{"group:9000001 5000001", "group:9000001 5000002", "group:9000001 007"}},
		{file: "clerk-ids.txt", provider: "clerk", group: demo, want: []string{"organization:org_demo user_1", "organization:org_demo user_2"}},
		{file: "cells.csv", provider: "pubnub", group: "demo", want: []string{
			"channel:demo 0012345 member", "channel:demo 0012346 member", "channel:demo grace@example.com", "channel:demo radia@example.com", "channel:demo hedy@example.com manager", "channel:demo Ada@example.com", "channel:demo 1.0",
		}, notes: "memberships: cells.csv: invisible characters were removed from 1 cell, first on line 5\n"},
		{file: "headless-meant.tsv", provider: "pubnub", group: "demo", want: []string{"channel:demo manager"}, notes: "memberships: headless-meant.tsv: not read: \"alice\"\n"},
		{file: "clerk-users.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com", "organization:org_demo radia@example.com"},
			notes: "memberships: clerk-users.csv: not read: \"first_name\", \"last_name\", \"username\", \"primary_phone_number\", \"verified_email_addresses\", \"unverified_email_addresses\", \"totp_secret\" and \"password_digest\"\n"},
		{file: "google-users.csv", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com"},
			notes: "memberships: google-users.csv: not read: \"First Name [Required]\", \"Last Name [Required]\", \"Password [Required]\", \"Org Unit Path [Required]\" and \"Status [READ ONLY]\"\n"},
		{file: "mail-lines.txt", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com", "organization:org_demo radia@example.com", "organization:org_demo hedy@example.com"}},
		{file: "mail-to.txt", provider: "clerk", group: demo, want: []string{"organization:org_demo grace@example.com", "organization:org_demo radia@example.com", "organization:org_demo hedy@example.com"}},
		{file: "groups.csv", provider: "clerk", want: []string{"organization:org_demo grace@example.com", "organization:org_solo radia@example.com", "organization:org_everyone hedy@example.com"}, requests: 1},
	}
	for _, tt := range tests {
		t.Run(tt.file+" "+tt.group, func(t *testing.T) {
			got, notes, requests, err := inputChanges(t, tt.provider, Flags{from: "testdata/input/" + tt.file, group: tt.group, columns: tt.columns})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, notes); diff != "" {
				t.Errorf("stderr (-want +got):\n%s", diff)
			}
			if requests != tt.requests {
				t.Errorf("%d requests, want %d", requests, tt.requests)
			}
		})
	}
}

// An ambiguous file is an error with a position.
func TestFilesThatAreRefused(t *testing.T) {
	tests := []struct{ file, provider, group, want string }{
		{"own.txt", "clerk", "org_demo", "own.txt:1:1: this is a table for people, whose cells cannot be told apart; print it again with -o csv or -o ndjson"},
		{"report.txt", "clerk", "org_demo", "report.txt:1:1: this is a table for people, whose cells cannot be told apart; print it again with -o csv or -o ndjson"},
		{"box-members.csv", "box", "9000001", "box-members.csv:3:9: the row is for group 9000002, and --group for 9000001: leave one of them out"},
		{"box-unknown-name.csv", "box", "", "box-unknown-name.csv:2:1: box has no group named \"demo\" that the credential sees; there is \"Demo\"\n" +
			"box-unknown-name.csv:3:1: box has no group named \"Nowhere\" that the credential sees; 'memberships groups' lists them, and id: before an id says that it is one"},
		{"entra-guest.csv", "clerk", "org_demo", "entra-guest.csv:2:1: grace_example.org#EXT#@example.onmicrosoft.com is a guest's name in Entra and no address: take another column, as in --column email=mail"},
		{"gam-nested.csv", "googlechat", "spaces/AAAA0000001", "gam-nested.csv:2:18: this member is of type \"GROUP\" and no person"},
		{"gam-members.csv", "googlechat", "", "gam-members.csv:2:1: there is no group: give the row one, or --group for all\ngam-members.csv:3:1: there is no group: give the row one, or --group for all"},
		{"hr-mapped.csv", "clerk", "org_demo", "hr-mapped.csv:1:6: \"Work Mail\" is no column; the first line names the columns: " + phrase.And(input.UsedColumns) + "; --column email=\"Work Mail\" maps one, and --format list reads a file that names none"},
		{"hr-worker.csv", "clerk", "org_demo", "hr-worker.csv:1:20: \"Email - Work\" is no column; the first line names the columns: " + phrase.And(input.UsedColumns) + "; --column email=\"Email - Work\" maps one, and --format list reads a file that names none"},
		{"headless-ids.csv", "box", "9000001", "headless-ids.csv:1:1: \"5000001\" is a member and no name of a column: the first line names the columns, as in member,role"},
		{"headless-names.csv", "pubnub", "demo", "headless-names.csv:2:5: \"manager\" is a role and no member: the column of roles is called role; if it is an id, write \"id:manager\""},
		{"headless-addresses.csv", "clerk", "org_demo", "headless-addresses.csv:1:14: \"grace@example.com\" is a member and no name of a column: the first line names the columns, as in member,role"},
		{"mail-roles.txt", "clerk", "org_demo", "mail-roles.txt:1:1: " + input.SeveralValues("address or value").Error()},
		{"user-ids.csv", "clerk", "org_demo", "user-ids.csv:1:1: \"user_id\" is no column; the first line names the columns: " + phrase.And(input.UsedColumns) + "; --column member_id=\"user_id\" maps one, and --format list reads a file that names none"},
		{"two-groups.csv", "box", "", "two-groups.csv:3:23: the row is for group group:9000001 in one column and for group:9000002 in another\n" +
			"two-groups.csv:4:27: the row is for group group:9000001 in one column and for group:9000003 in another"},
		{"two-members.csv", "box", "9000001", "two-members.csv:2:20: the row names radia@example.com in one column and hedy@example.com in another\n" +
			"two-members.csv:3:9: the row names 5000001 in one column and 5000002 in another"},
		{"hr-adresse.csv", "clerk", "org_demo", "hr-adresse.csv:1:1: \"E-Mail-Adresse\" is nearly email: spell it so, or give --column email=\"E-Mail-Adresse\" or --column skip=\"E-Mail-Adresse\""},
		{"own-rounded.csv", "googlechat", "", "own-rounded.csv:2:35: " + input.ChangedNumber("100000000000000000000").Error() + "\nown-rounded.csv:3:35: " + input.ChangedNumber("100000000000001000000").Error()},
		{"book.xlsx", "clerk", "org_demo", "book.xlsx:1:1: this is a spreadsheet's own format, or another ZIP archive: save it as CSV"},
		{"nul.csv", "clerk", "org_demo", "nul.csv:3:3: a NUL byte stands here: this is no text"},
		{"latin1.csv", "clerk", "org_demo", "latin1.csv:3:1: a character of this cell cannot be read: save the file as UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.file+" "+tt.group, func(t *testing.T) {
			changes, _, _, err := inputChanges(t, tt.provider, Flags{from: "testdata/input/" + tt.file, group: tt.group})
			if got := mistakes(err); got != tt.want || len(changes) > 0 {
				t.Errorf("%d changes and (-want +got):\n%s", len(changes), cmp.Diff(tt.want, got))
			}
		})
	}
}

// mistakes returns the mistakes of an error, one for each line.
func mistakes(err error) string {
	text := []string{}
	if f := (*exit.Error)(nil); errors.As(err, &f) && f.Code == exit.Usage {
		err = f.Err
	}
	if many := (*exit.Problems)(nil); errors.As(err, &many) {
		for _, err := range many.Errors {
			text = append(text, err.Error())
		}
	} else if err != nil {
		text = append(text, strings.TrimSuffix(err.Error(), "; nothing was sent"))
	}
	return strings.ReplaceAll(strings.Join(text, "\n"), "testdata/input/", "")
}

// Every file in testdata/input is used by a test.
func TestNoOtherFiles(t *testing.T) {
	test, err := os.ReadFile("reader_test.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/input/*")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.Contains(string(test), `"`+filepath.Base(f)+`"`) {
			t.Errorf("%s is in no test", f)
		}
	}
}
