package seed

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestParseNamesTheLine(t *testing.T) {
	const people = "people:\n  - {name: Ada, email: ada@example.com}\n"
	tests := []struct {
		name, in string
		want     []string
	}{
		{"nobody", "groups: []\n", []string{"s.yaml", "people: expected at least one person"}},
		{"not YAML", people + "groups: [\n", []string{"s.yaml:3"}},
		{"unknown key", people + "groups:\n  - name: G\n    colour: blue\n", []string{"s.yaml:5", "colour"}},
		{"wrong type", people + "groups:\n  - name: G\n    count: many\n", []string{"s.yaml:5", "whole number", "many"}},
		{"a number in quotes", people + "groups:\n  - name: G\n    count: '5'\n", []string{"s.yaml:5:12: expected a whole number, found the text \"5\""}},
		{"an octal number", people + "groups:\n  - name: G\n    count: 010\n", []string{"s.yaml:5:12: expected a whole number, found the number 010"}},
		{"a power", people + "groups:\n  - name: G\n    count: 1e3\n", []string{"s.yaml:5:12: expected a whole number, found the number 1e3"}},
		{"a large number", people + "groups:\n  - name: G\n    count: 99999999999999999999\n", []string{"s.yaml:5:12: expected a whole number"}},
		{"yes", people + "groups:\n  - name: G\n    moderated: yes\n", []string{"s.yaml:5:16: expected true or false, found the text \"yes\""}},
		{"a text for a list", people + "groups: G\n", []string{"s.yaml:3:9: expected a list, found the text \"G\""}},
		{"a list for a text", "people:\n  - {name: [A]}\n", []string{"s.yaml:2:12: expected a text, found a list"}},
		{"a list for a mapping", "people: []\ncredentials: []\n", []string{"s.yaml:2:14: expected a mapping, found a list"}},
		{"a list for a state", "- people\n", []string{"s.yaml:1:1: expected a mapping, found a list"}},
		{"a key twice", people + people, []string{"s.yaml:3:1: the key \"people\" stands here a second time; the first is at s.yaml:1:1"}},
		{"a merge key", "people:\n  - &a {name: Ada, email: ada@example.com}\n  - {<<: *a, email: b@example.com}\n", []string{"s.yaml:3:6: the key << is not read; an alias stands for a whole value"}},
		{"a second document", people + "---\npeople: []\n", []string{"s.yaml:3:1: a second document begins here; a file has one"}},
		{"not UTF-8", people + "# \xff\n", []string{"s.yaml:3:3: a byte here is not UTF-8"}},
		{"a tab", "people:\n\t- {name: A}\n", []string{"s.yaml:2:1: a tab indents this line"}},
		{"a mistake in JSON", "{\"people\": [\n {\"name\": \"A\",\n  \"colour\": 1}]}", []string{"s.yaml:3:3: there is no key \"colour\" here; the keys are name, email, auto_accept and chat_off"}},
		{"no name", "people:\n  - {email: ada@example.com}\n", []string{"s.yaml:2", "expected a name"}},
		{"no address", "people:\n  - {name: Ada, email: ada}\n", []string{"s.yaml:2", "people[0].email", "expected an e-mail address"}},
		{"twice", people + "  - {name: Ada, email: ADA@example.com}\n", []string{"s.yaml:3", "twice"}},
		{"generated address", "people:\n  - {name: M, email: member-0000001@example.com}\n", []string{"s.yaml:2", "generated"}},
		{"stranger", people + "groups:\n  - name: G\n    members:\n      - {email: bob@example.com}\n", []string{"s.yaml:6", "members[0].email", "bob@example.com"}},
		{"role", people + "groups:\n  - name: G\n    members:\n      - email: ada@example.com\n        role: king\n", []string{"s.yaml:7", "member, manager or owner"}},
		{"in twice", people + "groups:\n  - name: G\n    members: [{email: ada@example.com}, {email: ada@example.com}]\n", []string{"s.yaml:5", "twice"}},
		{"negative count", people + "groups:\n  - name: G\n    count: -1\n", []string{"s.yaml:5", "count"}},
		{"provider", people + "groups:\n  - name: G\n    in: [slack]\n", []string{"s.yaml:5", "box, clerk, googlechat, pubnub, webex"}},
		{"provider of an id", people + "groups:\n  - name: G\n    ids: {slack: x}\n", []string{"s.yaml:5", "ids.slack"}},
		{"same name in another alphabet", people + "groups:\n  - name: \u592a\u90ce\n  - name: \u592a\u90ce\n", []string{"s.yaml:5", "twice"}},
		{"id twice", people + "groups:\n  - name: G\n    ids: {clerk: x}\n  - name: H\n    ids: {box: x, clerk: x}\n", []string{"s.yaml:7", "groups[1].ids.clerk", "another group"}},
		{"kind", people + "groups:\n  - name: G\n    kind: club\n", []string{"s.yaml:5", "team or room"}},
		{"same name", people + "groups:\n  - name: G\n  - name: g\n", []string{"s.yaml:5", "twice"}},
		{"provider of credentials", people + "credentials:\n  slack: [{token: x}]\n", []string{"s.yaml:4", "credentials.slack"}},
		{"no token", people + "credentials:\n  box:\n    - {email: ada@example.com}\n", []string{"s.yaml:5", "token"}},
		{"moderated elsewhere", people + "groups:\n  - name: G\n    in: [box, clerk]\n    moderated: true\n", []string{"s.yaml:6", "groups[0].moderated", "for webex", "box, clerk"}},
		{"team elsewhere", people + "groups:\n  - name: G\n    in: [box]\n    team: T\n", []string{"s.yaml:6", "groups[0].team", "for webex"}},
		{"no such team", people + "groups:\n  - name: T\n  - name: G\n    team: T\n", []string{"s.yaml:6", "groups[1].team", "kind team", "T"}},
		{"team in a team", people + "groups:\n  - {name: T, kind: team}\n  - name: U\n    kind: team\n    team: T\n", []string{"s.yaml:7", "no other team"}},
		{"moderated team", people + "groups:\n  - name: T\n    kind: team\n    moderated: true\n", []string{"s.yaml:6", "moderated is for rooms"}},
		{"anonymous elsewhere", people + "groups:\n  - name: G\n    in: [webex]\n    anonymous: 1\n", []string{"s.yaml:6", "anonymous is for googlechat"}},
		{"below zero anonymous", people + "groups:\n  - name: G\n    anonymous: -1\n", []string{"s.yaml:5", "0 to 100000", "-1"}},
		{"app of a group elsewhere", people + "groups:\n  - name: G\n    in: [webex]\n    app: true\n", []string{"s.yaml:6", "app is for googlechat"}},
		{"hidden elsewhere", people + "groups:\n  - name: G\n    in: [clerk]\n    hidden: 1\n", []string{"s.yaml:6", "hidden is for box"}},
		{"too many hidden", people + "groups:\n  - name: G\n    hidden: 100001\n", []string{"s.yaml:5", "0 to 100000"}},
		{"hidden is a number", people + "groups:\n  - name: G\n    hidden: yes\n", []string{"s.yaml:5", "whole number"}},
		{"hidden member elsewhere", people + "groups:\n  - name: G\n    in: [clerk]\n    members:\n      - email: ada@example.com\n        hidden: true\n", []string{"s.yaml:8", "hidden is for box"}},
		{"type", people + "groups:\n  - name: G\n    type: huge\n", []string{"s.yaml:5", "group or direct"}},
		{"direct elsewhere", people + "groups:\n  - name: G\n    in: [box]\n    type: direct\n", []string{"s.yaml:6", "type is for webex"}},
		{"direct of one", people + "groups:\n  - name: G\n    type: direct\n    members: [{email: ada@example.com}]\n", []string{"s.yaml:6", "two members, found 1"}},
		{"direct and more", people + "groups:\n  - name: G\n    type: direct\n    count: 2\n", []string{"s.yaml:6", "count", "both named"}},
		{"direct in a team", people + "groups:\n  - {name: T, kind: team}\n  - name: G\n    type: direct\n    team: T\n", []string{"s.yaml:7", "in no team"}},
		{"direct team", people + "groups:\n  - name: G\n    kind: team\n    type: direct\n", []string{"s.yaml:6", "no direct room"}},
		{"direct and moderated", people + "groups:\n  - name: G\n    type: direct\n    moderated: true\n", []string{"s.yaml:6", "no moderators"}},
		{"direct with a moderator", people + "  - {name: Bob, email: bob@example.com}\ngroups:\n  - name: G\n    type: direct\n    members:\n      - email: ada@example.com\n      - email: bob@example.com\n        role: manager\n", []string{"s.yaml:10", "no moderators"}},
		{"state", people + "groups:\n  - name: G\n    members:\n      - email: ada@example.com\n        state: gone\n", []string{"s.yaml:7", "active or invited", "gone"}},
		{"invited elsewhere", people + "groups:\n  - name: G\n    in: [box, webex]\n    members:\n      - email: ada@example.com\n        state: invited\n", []string{"s.yaml:8", "members[0].state", "box, webex", "googlechat and pubnub"}},
		{"invitations elsewhere", people + "groups:\n  - name: G\n    in: [box]\n    invitations: [{email: b@example.com}]\n", []string{"s.yaml:6", "invitations is for clerk"}},
		{"invitation of no address", people + "groups:\n  - name: G\n    invitations:\n      - email: b\n", []string{"s.yaml:6", "invitations[0].email", "e-mail address"}},
		{"role of an invitation", people + "groups:\n  - name: G\n    invitations:\n      - email: b@example.com\n        role: king\n", []string{"s.yaml:7", "member, manager or owner"}},
		{"status of an invitation", people + "groups:\n  - name: G\n    invitations:\n      - email: b@example.com\n        status: open\n", []string{"s.yaml:7", "pending, accepted, revoked or expired", "open"}},
		{"invited twice", people + "groups:\n  - name: G\n    invitations: [{email: b@example.com}, {email: B@example.com}]\n", []string{"s.yaml:5", "invitations[1].email", "twice"}},
		{"invited member", people + "groups:\n  - name: G\n    members: [{email: ada@example.com}]\n    invitations: [{email: Ada@example.com}]\n", []string{"s.yaml:6", "is a member"}},
		{"repeated_add", people + "groups:\n  - name: G\n    repeated_add: 400\n", []string{"s.yaml:5", "200 or 409", "400"}},
		{"repeated_add elsewhere", people + "groups:\n  - name: G\n    in: [webex]\n    repeated_add: 409\n", []string{"s.yaml:6", "repeated_add is for googlechat"}},
		{"chat_off elsewhere", people + "credentials:\n  box:\n    - token: x\n      chat_off: true\n", []string{"s.yaml:6", "chat_off is for googlechat"}},
		{"app_configured elsewhere", people + "credentials:\n  webex:\n    - token: x\n      app_configured: true\n", []string{"s.yaml:6", "app_configured is for googlechat"}},
		{"chat_off of an app", people + "credentials:\n  googlechat:\n    - token: x\n      app: true\n      chat_off: true\n", []string{"s.yaml:7", "not for apps"}},
		{"auto_accept", "people:\n  - {name: A, email: a@example.com, auto_accept: 7}\n", []string{"s.yaml:2"}},
		{"app elsewhere", people + "credentials:\n  webex:\n    - token: x\n      app: true\n", []string{"s.yaml:6", "app is for googlechat, found in webex"}},
		{"app as a person", people + "credentials:\n  googlechat:\n    - token: x\n      app: true\n      email: ada@example.com\n", []string{"s.yaml:7", "none of the people"}},
		{"app with a person's scope", people + "credentials:\n  googlechat:\n    - token: x\n      app: true\n      scopes: [openid, chat.memberships]\n", []string{"s.yaml:7", "scopes[1]", "chat.memberships", "chat.bot"}},
		{"authorize", people + "authorize: never\n", []string{"s.yaml:3", "authorize", "page or auto", "never"}},
		{"provider of oauth", people + "oauth:\n  clerk: {}\n", []string{"s.yaml:4", "oauth.clerk", "box, googlechat, webex"}},
		{"unknown key of oauth", people + "oauth:\n  box:\n    colour: blue\n", []string{"s.yaml:5", "colour"}},
		{"client without an id", people + "oauth:\n  box:\n    clients:\n      - {secret: x}\n", []string{"s.yaml:6", "oauth.box.clients[0]", "expected an id"}},
		{"client twice", people + "oauth:\n  box:\n    clients:\n      - {id: x}\n      - id: x\n", []string{"s.yaml:7", "oauth.box.clients[1].id", "twice"}},
		{"redirect URI", people + "oauth:\n  webex:\n    clients:\n      - id: x\n        redirect_uris: [\"app:/cb\"]\n", []string{"s.yaml:7", "redirect_uris[0]", "http or https"}},
		{"fragment of a redirect URI", people + "oauth:\n  webex:\n    clients:\n      - id: x\n        redirect_uris: [\"http://127.0.0.1/#a\"]\n", []string{"s.yaml:7", "redirect_uris[0]", "fragment"}},
		{"scopes of a client", people + "oauth:\n  webex:\n    clients:\n      - id: x\n        scopes: [\"a b\"]\n", []string{"s.yaml:7", "scopes[0]", "one scope"}},
		{"keys elsewhere", people + "oauth:\n  webex:\n    clients:\n      - id: x\n        keys: [{id: k, public_key: x}]\n", []string{"s.yaml:7", "keys is for box"}},
		{"key without an id", people + "oauth:\n  box:\n    clients:\n      - id: x\n        keys:\n          - public_key: x\n", []string{"s.yaml:8", "keys[0]", "id of the key"}},
		{"no key", people + "oauth:\n  box:\n    clients:\n      - id: x\n        keys:\n          - id: k\n            public_key: x\n", []string{"s.yaml:9", "keys[0].public_key", "RSA public key in PEM"}},
		{"private key", people + "oauth:\n  box:\n    clients:\n      - id: x\n        keys:\n          - id: k\n            public_key: \"-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----\\n\"\n", []string{"s.yaml:9", "a private key"}},
		{"subject", people + "oauth:\n  box:\n    clients:\n      - id: x\n        subjects: [bob@example.com]\n", []string{"s.yaml:7", "subjects[0]", "bob@example.com"}},
		{"service accounts elsewhere", people + "oauth:\n  box:\n    service_accounts: [{email: a@b.c}]\n", []string{"s.yaml:5", "for googlechat"}},
		{"no service account", people + "oauth:\n  googlechat:\n    service_accounts:\n      - email: bot\n", []string{"s.yaml:6", "service_accounts[0].email", "bot"}},
		{"subject of a delegation", people + "oauth:\n  googlechat:\n    service_accounts:\n      - email: a@b.c\n        delegation: {subjects: [bob@example.com]}\n", []string{"s.yaml:7", "delegation.subjects[0]", "bob@example.com"}},
		{"empty token of oauth", people + "oauth:\n  box:\n    tokens:\n      - {kind: access}\n", []string{"s.yaml:6", "tokens[0]", "expected a token"}},
		{"kind of a token", people + "oauth:\n  box:\n    tokens:\n      - {token: x, kind: id}\n", []string{"s.yaml:6", "tokens[0].kind", "access or refresh"}},
		{"token twice", people + "oauth:\n  box:\n    tokens:\n      - {token: x, kind: access}\n      - {token: x, kind: access}\n", []string{"s.yaml:7", "tokens[1].token", "twice"}},
		{"end of a token", people + "oauth:\n  box:\n    tokens:\n      - {token: x, kind: access, until: soon}\n", []string{"s.yaml:6", "until", "soon"}},
		{"token of an app elsewhere", people + "oauth:\n  box:\n    tokens:\n      - {token: x, kind: access, app: true}\n", []string{"s.yaml:6", "app is for googlechat"}},
		{"address of a token", people + "oauth:\n  box:\n    tokens:\n      - {token: x, kind: access, email: bob}\n", []string{"s.yaml:6", "tokens[0].email", "bob"}},
		{"consent", people + "oauth:\n  googlechat:\n    consents:\n      - {email: a@b.c}\n", []string{"s.yaml:6", "consents[0]", "a client"}},
		{"provider of deliveries", people + "deliveries:\n  slack: {url: \"http://127.0.0.1:1\"}\n", []string{"s.yaml:4", "deliveries.slack", "box, clerk, googlechat"}},
		{"deliveries of webex", people + "deliveries:\n  webex: {url: \"http://127.0.0.1:1\"}\n", []string{"s.yaml:4", "deliveries.webex", "Webex's own API"}},
		{"no url of deliveries", people + "deliveries:\n  googlechat:\n    events: [a]\n", []string{"s.yaml:5", "deliveries.googlechat.url", "http or https"}},
		{"url of deliveries", people + "deliveries:\n  googlechat:\n    url: ftp://127.0.0.1\n", []string{"s.yaml:5", "deliveries.googlechat.url", "http or https"}},
		{"secret and key", people + "deliveries:\n  googlechat:\n    url: http://127.0.0.1\n    secret: a\n    key: b\n", []string{"s.yaml:7", "deliveries.googlechat.key", "both"}},
		{"key of clerk", people + "deliveries:\n  clerk:\n    url: http://127.0.0.1\n    key: b\n", []string{"s.yaml:6", "deliveries.clerk.key", "expected a secret"}},
		{"no secret of clerk", people + "deliveries:\n  clerk:\n    url: http://127.0.0.1\n", []string{"s.yaml:5", "deliveries.clerk.secret", "whsec_"}},
		{"secret of clerk", people + "deliveries:\n  clerk:\n    url: http://127.0.0.1\n    secret: whsec_AAAAAAAAAAAA\n", []string{"s.yaml:6", "deliveries.clerk.secret", "16 bytes"}},
		{"event of deliveries", people + "deliveries:\n  box:\n    url: http://127.0.0.1\n    events:\n      - a\n      - ''\n", []string{"s.yaml:8", "deliveries.box.events[1]"}},
		{"unknown key of deliveries", people + "deliveries:\n  box:\n    url: http://127.0.0.1\n    colour: blue\n", []string{"s.yaml:6", "colour"}},
		{"began", people + "began: yesterday\n", []string{"s.yaml:3", "began", "yesterday"}},
		{"advanced", people + "advanced: -1h\n", []string{"s.yaml:3", "advanced", "-1h"}},
		{"history without a time", people + "history:\n  - {provider: box, method: POST, uri: /x, status: 200}\n", []string{"s.yaml:4", "history[0].at"}},
		{"history of a provider", people + "history:\n  - at: 2026-01-01T00:00:00Z\n    provider: slack\n", []string{"s.yaml:5", "history[0].provider", "slack"}},
		{"history that reads", people + "history:\n  - at: 2026-01-01T00:00:00Z\n    provider: box\n    method: GET\n", []string{"s.yaml:6", "history[0].method", "GET"}},
		{"history of another host", people + "history:\n  - at: 2026-01-01T00:00:00Z\n    provider: box\n    method: POST\n    uri: http://example.com\n", []string{"s.yaml:7", "history[0].uri"}},
		{"history without a status", people + "history:\n  - {at: 2026-01-01T00:00:00Z, provider: box, method: POST, uri: /}\n", []string{"s.yaml:4", "history[0].status"}},
		{"bytes of history", people + "history:\n  - {at: 2026-01-01T00:00:00Z, provider: box, method: POST, uri: /, status: 200, bytes: [256]}\n", []string{"s.yaml:4", "history[0].bytes[0]"}},
		{"credential of a stranger", people + "credentials:\n  box:\n    - {token: x, email: bob@example.com}\n", []string{"s.yaml:5", "bob@example.com"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("s.yaml", []byte(tt.in))
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q has more than one line", err)
			}
		})
	}
}

// Names in a non-Latin alphabet stay distinct.
func TestNamesInOtherAlphabets(t *testing.T) {
	w, err := Parse("s.yaml", []byte("people: [{name: Ada, email: ada@example.com}]\ngroups: [{name: \u592a\u90ce}, {name: \u82b1\u5b50}]\n"))
	if err != nil || len(w.Groups) != 2 {
		t.Errorf("got %+v, %v", w, err)
	}
}

// The built-in state has the same people in every provider, and groups of 1, 25 and 2,500
// members.
func TestBuiltInState(t *testing.T) {
	w, err := Parse("built-in", BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	if len(w.People) < 13 || w.People[0].Mail != "ada@example.com" {
		t.Errorf("%d people, the first %s", len(w.People), w.People[0].Mail)
	}
	for _, provider := range Providers {
		sizes := map[int]bool{}
		for _, g := range w.GroupsOf(provider) {
			sizes[len(g.Members)+g.Count] = true
			if g.Members[0].Person.Mail != "ada@example.com" || g.Members[0].Role != RoleOwner {
				t.Errorf("%s: %s is not ada's", provider, g.Name)
			}
		}
		if !sizes[1] || !sizes[25] || !sizes[2500] {
			t.Errorf("%s: groups of %v", provider, sizes)
		}
	}
	if g := w.GroupsOf("clerk")[0]; g.IDs["clerk"] != "org_demo" {
		t.Errorf("Clerk's first organization is %s", g.IDs["clerk"])
	}
}

// A state file may be JSON.
func TestParseJSON(t *testing.T) {
	w, err := Parse("s.json", []byte(`{"people":[{"name":"Ada Lovelace","email":"ada@example.com"}],"groups":[{"name":"Big","count":1000000}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if w.Generated() != 1_000_000 || w.Groups[0].Key != "big" {
		t.Errorf("got %+v", w.Groups[0])
	}
}

// Texts are as the file has them, with an escape of JSON for two halves of a character, and
// any character may stand in them.
func TestParseTexts(t *testing.T) {
	for in, want := range map[string]string{
		"{\"people\": [{\"name\": \"\\ud83d\\ude00\", \"email\": \"a@b.c\"}]}": "\U0001F600",
		"people: [{name: 007, email: a@b.c}]\n":                                "007",
		"people: [{name: 1.50, email: a@b.c}]\n":                               "1.50",
		"people: [{name: 0x1F, email: a@b.c}]\n":                               "0x1F",
		"people: [{name: no, email: a@b.c}]\n":                                 "no",
		"people: [{name: 2026-01-01, email: a@b.c}]\n":                         "2026-01-01",
		"\ufeffpeople:\r\n- name: \"a\u202eb\"\r\n  email: a@b.c\r\n":          "a\u202eb",
	} {
		d, err := Parse("s.yaml", []byte(in))
		if err != nil {
			t.Errorf("%q: %v", in, err)
		} else if got := d.People[0].Given; got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestGeneratedPeople(t *testing.T) {
	for _, i := range []int{0, 19, 20, 399, 400, 999_999, 9_999_999, 12_345_678} {
		p := Generated(i)
		if got, ok := GeneratedByMail(strings.ToUpper(p.Mail)); !ok || got != i {
			t.Errorf("%s is number %d, %v, want %d", p.Mail, got, ok, i)
		}
	}
	for _, mail := range []string{"member-1@example.com", "member-0000000@example.com", "member-00000001@example.com", "member-000000x@example.com", "member-0000001@example.org"} {
		if i, ok := GeneratedByMail(mail); ok {
			t.Errorf("%s is number %d, want nobody", mail, i)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(BuiltIn())
	f.Add([]byte(`{"people":[{"name":"a","email":"a@b.c"}],"groups":[{"name":"g","count":3,"members":[{"email":"a@b.c"}]}]}`))
	f.Add([]byte(wholeState))
	f.Add([]byte("people:\n- &a {name: x, email: x@y.z}\n- *a\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := Parse("state", data)
		if err != nil {
			return
		}
		if len(w.People) == 0 {
			t.Error("a state without anybody was accepted")
		}
		dump, err := w.Dump(w.Outbox.Targets())
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("dump", dump)
		if err != nil {
			t.Fatalf("%v\n%s", err, dump)
		}
		if diff := cmp.Diff(w, again, sameData); diff != "" && utf8.Valid(data) {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// An invited person is a member only in providers with invitations.
func TestMembersIn(t *testing.T) {
	w, err := Parse("s.yaml", []byte("people: [{name: Ada, email: ada@example.com}, {name: Ina, email: ina@example.com}]\ngroups: [{name: G, members: [{email: ina@example.com, state: invited}, {email: ada@example.com, state: active}]}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"box": 1, "clerk": 1, "googlechat": 2, "pubnub": 2, "webex": 1}
	for _, provider := range Providers {
		if got := w.Groups[0].MembersIn(provider); len(got) != want[provider] || got[len(got)-1].Person.Given != "Ada" {
			t.Errorf("%s has %+v", provider, got)
		}
	}
}
