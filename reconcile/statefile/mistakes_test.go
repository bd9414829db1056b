package statefile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/nesting"
	"github.com/memberships-go/memberships/reconcile"
)

// head begins the files of the tests with two people and the beginning of a group in line 6.
const head = `version: 1
people:
  ada: {email: ada@example.com, aliases: [lovelace@example.com], ids: {box: "5000001"}}
  grace: {email: grace@example.com, ids: {clerk: user_1}}
groups:
  a:
`

// in is head with a group of box.
const in = head + "    in: {box: \"1\"}\n"

// Each mistake has its place, what was found, and what was expected.
func TestMistakes(t *testing.T) {
	tests := []struct {
		name, file string
		want       []string
	}{
		{"empty", "", []string{"1:1: the file is empty; it begins with version: 1"}},
		{"comments alone", "# version: 1\n", []string{"1:1: the file is empty; it begins with version: 1"}},
		{"no mapping", "- version: 1", []string{"1:1: expected a mapping that begins with version: 1, found a list"}},
		{"a text", "version 1", []string{`1:1: expected a mapping that begins with version: 1, found the text "version 1"`}},
		{"no version", "groups: {}", []string{"1:1: the file has no version; this release reads version: 1"}},
		{"a later version", "version: 2\ngrups: {}", []string{"1:10: expected version 1, which this release reads, found the number 2"}},
		{"a version in quotes", `version: "1"`, []string{`1:10: expected version 1, which this release reads, found the text "1"`}},
		{"UTF-16", "\xff\xfev\x00", []string{"1:1: the file is UTF-16; save it as UTF-8"}},
		{"Latin-1", "version: 1\n# \xe9", []string{"2:3: a byte here is not UTF-8; save the file as UTF-8"}},
		{"a control character", "version: 1\n# é\x1b", []string{"2:4: the control character U+001B stands here"}},
		{"a character of direction", "version: 1\n# \u202e", []string{"2:3: the control character U+202E stands here"}},
		{"a line separator", "version: 1\n# \u2028", []string{"2:3: the control character U+2028 stands here"}},
		{"a second document", "version: 1\n---\nversion: 1\n", []string{"2:1: a second document begins here; a file has one"}},
		{"a tab", "version: 1\ngroups:\n\ta: {}\n", []string{"3:1: a tab indents this line; YAML is indented with spaces"}},
		{"a tab behind spaces", "version: 1\ngroups:\n  a:\n  \tb: {}\n", []string{"4:3: a tab indents this line; YAML is indented with spaces"}},
		{"an open quote", "version: 1\ngroups: \"a\n", []string{"2:11: this is not YAML: found unexpected end of stream"}},
		{"an open brace", "version: 1\ngroups: {a: 1\n", []string{"2:14: this is not YAML: did not find expected ',' or '}'"}},
		{"two colons", "version: 1\ngroups: a: b\n", []string{"2:10: this is not YAML: mapping values are not allowed in this context"}},
		{"an unknown anchor", "version: 1\ngroups: *x\n", []string{"2:9: this is not YAML: unknown anchor 'x' referenced"}},
		{"a cycle of aliases", "version: 1\ngroups: &x {a: *x}\n", []string{"2:16: the alias *x stands within its own anchor"}},
		{"deep nesting", "version: 1\ngroups: " + strings.Repeat("[", nesting.Max), []string{"2:108: the value is nested deeper than 100 levels"}},
		{"a merge key", "version: 1\ngroups: &x {a: {mode: unmanaged}}\nroles: {<<: *x}", []string{"3:9: the key << is not read; defaults hold what groups have in common"}},
		{"a tag", "version: 1\nprotected: [!!binary YQ==, !own x]", []string{`2:13: the tag "!!binary" is not read`, `2:28: the tag "!own" is not read`}},
		{"a list as key", "version: 1\n? [a]\n: b\n", []string{"2:3: expected a key, found a list"}},
		{"null as key", "version: 1\ngroups: {null: {}, ~: {}}\n", []string{"2:10: expected a key, found null, which is no value; in quotes it is a key", "2:20: expected a key, found ~, which is no value; in quotes it is a key"}},
		{"keys twice", "version: 1\ngroups: {}\nroles: {}\ngroups: {}\nroles: {}\n", []string{`4:1: the key "groups" stands here a second time; the first is at a.yaml:2:1`, `5:1: the key "roles" stands here a second time; the first is at a.yaml:3:1`}},
		{"equal keys", "version: 1\ngroups: {1: {mode: unmanaged}, \"1\": {mode: unmanaged}}\n", []string{`2:32: the key "1" stands here a second time; the first is at a.yaml:2:10`}},

		{"unknown keys", "version: 1\ngrups: {}\nx: 1\n", []string{
			`2:1: there is no key "grups" in the file; did you mean groups?`,
			`3:1: there is no key "x" in the file; the keys are defaults, groups, max_run_removals, people, protected, roles and version`,
		}},
		{"unknown keys within", "version: 1\npeople: {ada: {mail: a@b, email: a@b}}\ndefaults: {modes: additive, max_removals: {cont: 1}}\nmax_run_removals: {ceiling: 5}\ngroups: {a: {in: {box: a}, member: {}}}\n", []string{
			`2:16: there is no key "mail" in a person; did you mean email?`,
			`3:12: there is no key "modes" in defaults; did you mean mode?`,
			`3:44: there is no key "cont" in max_removals; did you mean count?`,
			`4:20: there is no key "ceiling" in max_run_removals; the keys are count and percent`,
			`5:28: there is no key "member" in a group; did you mean members?`,
		}},
		{"other types", "version: 1\npeople: []\ndefaults: 5\nmax_run_removals: x\nprotected: {}\nroles: true\ngroups:\n", []string{
			"2:9: expected a mapping, found a list", "3:11: expected a mapping, found the number 5", `4:19: expected a mapping, found the text "x"`,
			"5:12: expected a list, found a mapping", "6:8: expected a mapping, found true", "7:8: expected a mapping, found nothing",
		}},
		{"other types of settings", in + "    mode: [additive]\n    min_managers: \"2\"\n    allow_empty: yes\n    invite: 1\n    ignore: app:*\n    max_removals: 5\n    members: [ada]\n    members_from: {}\n    roles: []\n", []string{
			"8:11: expected a mode, found a list", `9:19: expected a whole number, found the text "2"`, `10:18: expected true or false, found the text "yes"`,
			"11:13: expected true or false, found the number 1", `12:13: expected a list, found the text "app:*"`, "13:19: expected a mapping, found the number 5",
			"14:14: expected a mapping, found a list", "15:19: expected the name of a file, found a mapping", "16:12: expected a mapping, found a list",
		}},
		{"numbers", in + "    min_managers: -1\n    max_removals: {count: 1.5, percent: 101, ceiling: 0x10}\n", []string{
			"8:19: expected a whole number from 0 to 1,000,000,000, found -1", "9:27: expected a whole number, found the number 1.5",
			"9:41: expected a whole number from 0 to 100, found 101", "9:55: expected a whole number from 1 to 1,000,000,000, found 0x10",
		}},
		{"large numbers", "version: 1\nmax_run_removals: {count: 1000000001, percent: 99999999999999999999}\n", []string{
			"2:27: expected a whole number from 0 to 1,000,000,000, found 1000000001", "2:48: expected a whole number, found the number 99999999999999999999",
		}},
		{"a misspelt mode", in + "    mode: authorative\n", []string{`8:11: there is no mode "authorative"; did you mean authoritative?`}},
		{"an unknown mode", in + "    mode: full\n", []string{`8:11: there is no mode "full"; the modes are authoritative, no-removals, additive and unmanaged`}},
		{"a mode in capitals", in + "    mode: Additive\n", []string{`8:11: there is no mode "Additive"; did you mean additive?`}},
		{"unmanaged defaults", "version: 1\ndefaults: {mode: unmanaged}", []string{"2:18: the mode unmanaged belongs to a single group; expected authoritative, no-removals or additive"}},
		{"unknown providers", "version: 1\npeople: {ada: {email: a@b, ids: {slack: x}}}\nroles: {Box: {a: b}}\ngroups: {a: {in: {bx: \"1\"}}}\n", []string{
			`2:34: there is no provider "slack"; the providers are box, clerk, googlechat, pubnub and webex`,
			`3:9: there is no provider "Box"; did you mean box?`, `4:19: there is no provider "bx"; did you mean box?`,
		}},
		{"addresses", "version: 1\npeople: {a: {email: ada}, b: {email: \"a b@c\"}, c: {email: a@b@c}, d: {email: 5}, e: {email: a@b, aliases: [x, \"\"]}, f: {email: }}\n", []string{
			`2:21: expected an e-mail address, found the text "ada"`, `2:38: expected an e-mail address, found the text "a b@c"`,
			`2:59: expected an e-mail address, found the text "a@b@c"`, "2:78: expected an e-mail address, found the number 5",
			`2:108: expected an e-mail address, found the text "x"`, "2:111: expected an e-mail address, found an empty text", "2:128: expected an e-mail address, found nothing",
		}},
		{"ids", "version: 1\npeople: {a: {ids: {box: \"\", clerk: \"a\\u0007\", webex: email:a@b, pubnub: .., googlechat: {}}}}\n", []string{
			"2:25: expected an id: the text is empty", "2:36: expected an id: the text holds a control character",
			`2:54: expected an id, found the address "a@b", which belongs to email; "id:email:a@b" is read as an id`,
			"2:73: expected an id: the text is a path segment and not an id", "2:89: expected an id, found a mapping",
		}},
		{"prefixes without an id", "version: 1\npeople: {a: {ids: {box: \"id:\", clerk: \"app:\"}}}\ngroups: {a: {in: {box: \"group:\"}}}\n", []string{
			"2:25: expected an id: the id is empty", "2:39: expected an id: the id is empty", "3:24: expected the id of a group: the id is empty",
		}},
		{"a person without anything", "version: 1\npeople: {a: {name: Ada}, b: {}, c: {ids: {}}}", []string{
			`2:10: the person "a" has neither email nor ids`, `2:26: the person "b" has neither email nor ids`, `2:33: the person "c" has neither email nor ids`,
		}},
		{"names", "version: 1\ngroups: {\"\": {mode: unmanaged}, \"a\\nb\": {mode: unmanaged}, " + strings.Repeat("x", 257) + ": {mode: unmanaged}}\n", []string{
			"2:10: expected the name of a group, found an empty text", `2:33: expected the name of a group, found a control character in the text "a\nb"`,
			`2:60: expected the name of a group of at most 256 bytes, found the text "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"...`,
		}},

		{"one address, two keys", "version: 1\npeople:\n  ada: {email: ada@example.com}\n  ada2: {email: a@example.com, aliases: [ADA@example.com]}\n", []string{`4:3: "ada2" and "ada" at a.yaml:3:3 are one person: both have the address "ADA@example.com"`}},
		{"one id, two keys", "version: 1\npeople:\n  ada: {ids: {box: \"5\"}}\n  bot: {ids: {box: \"app:5\", clerk: \"5\"}}\n  grace: {ids: {box: id:5}}\n", []string{`5:3: "grace" and "ada" at a.yaml:3:3 are one person: both have the id "5" in box`}},
		{"unknown people", in + "    members: {ad: member, grce: member, x@y@z: member, nobody: owner}\n", []string{
			`8:15: there is no person "ad"; did you mean ada?`, `8:27: there is no person "grce"; did you mean grace?`,
			`8:41: "x@y@z" is no key of people and no e-mail address`, `8:56: there is no person "nobody"; people declares the keys, and an address needs none`,
		}},
		{"unknown protected people", "version: 1\npeople: {ada: {email: a@b}}\nprotected: [adda, a@b]", []string{`3:13: there is no person "adda"; did you mean ada?`}},
		{"a member by key and address", in + "    members: {ada: member, lovelace@EXAMPLE.com: member}\n", []string{`8:28: "ada" stands here a second time; the first is at a.yaml:8:15`}},
		{"a member with two roles", in + "    members: {ada: member, ada@example.com: owner}\n", []string{`8:28: "ada" has the role "owner" here and "member" at a.yaml:8:15`}},
		{"a member without a role", in + "    members: {ada: , grace: \"\"}\n", []string{"8:20: expected a role, found nothing", "8:29: expected a role, found an empty text"}},
		{"no group in a provider", head + "    members: {ada: member}\n", []string{`6:3: the group "a" is in no provider: in names its group there, as in {box: "9000001"}`}},
		{"an empty in", head + "    in: {}\n", []string{`7:9: the group "a" is in no provider: in names its group there, as in {box: "9000001"}`}},
		{"no members", in + "    mode: authoritative\n", []string{`6:3: the group "a" is authoritative and has no members, which removes everyone; allow_empty: true permits that`}},
		{"empty members", in + "    mode: authoritative\n    members: {}\n", []string{`9:5: the group "a" is authoritative and has no members, which removes everyone; allow_empty: true permits that`}},
		{"too few managers", in + "    mode: authoritative\n    min_managers: 2\n    members: {ada: manager, grace: member}\n", []string{`9:19: min_managers of the group "a" is 2, and its members have 1 manager`}},
		{"too few managers by a role", in + "    mode: authoritative\n    min_managers: 1\n    roles: {box: {lead: member}}\n    members: {ada: lead, grace: member}\n", []string{`9:19: min_managers of the group "a" is 1, and its members have 0 managers`}},
		{"ignored members", in + "    members: {ada: member, grace: member}\n    ignore: [\"user:500*\", \"GRACE@*\", user_1]\n", []string{
			`8:15: "ada" is a member of the group "a", which ignores "user:500*" at a.yaml:9:14`, `8:28: "grace" is a member of the group "a", which ignores "GRACE@*" at a.yaml:9:27`,
		}},
		{"members that defaults ignore", "version: 1\ndefaults: {ignore: [\"*@b\"]}\ngroups: {a: {in: {box: a}, members: {a@b: member}}}\n", []string{`3:38: "a@b" is a member of the group "a", which ignores "*@b" at a.yaml:2:21`}},
		{"ignored keys", in + "    ignore: [ada]\n", []string{`8:14: "ada" is the key of a person; ignore compares addresses and ids, such as "ada@example.com"`}},
		{"one group, two names", in + "  b: {in: {webex: team:1, box: \"1\"}}\n  c: {in: {webex: \"1\"}}\n  d: {in: {webex: room:1}}\n", []string{
			`8:32: the group "1" of box is "b" here and "a" at a.yaml:7:15`, `9:19: the group "1" of webex is "c" here and "b" at a.yaml:8:19`,
			`10:19: the group "1" of webex is "d" here and "c" at a.yaml:9:19`,
		}},
		{"an empty list of files", in + "    members_from: []\n", []string{"8:19: expected the name of a file, found an empty list"}},
		{"no file", in + "    members_from: x.csv\n", []string{"8:19: the member file cannot be read: stat x.csv: no such file or directory"}},
		{"a folder as file", in + "    members_from: .\n", []string{"8:19: the member file cannot be read: . is no file"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.want {
				tt.want[i] = "a.yaml:" + tt.want[i]
			}
			_, err := load(t, map[string]string{"a.yaml": tt.file}, "a.yaml")
			if diff := cmp.Diff(strings.Join(tt.want, "\n"), message(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Files that look odd and are right.
func TestNoMistakes(t *testing.T) {
	for name, file := range map[string]string{
		"a byte order mark":                   "\ufeffversion: 1\n",
		"lines of Windows":                    "version: 1\r\ngroups:\r\n  a: {mode: unmanaged}\r\n",
		"lines of an old Mac":                 "version: 1\rgroups:\r  a: {mode: unmanaged}\r",
		"markers of a document":               "---\nversion: 1\n...\n",
		"JSON":                                `{"version": 1, "groups": {"a": {"in": {"box": "1"}}}}`,
		"an anchor":                           "version: 1\ngroups: {a: {in: &x {box: \"1\"}, mode: unmanaged}, b: {in: {clerk: a}, members: &m {a@b: member}}, c: {in: {clerk: b}, members: *m}}",
		"an anchor twice":                     "version: 1\nprotected: [&x a@b, *x, &x c@d, *x]",
		"an unmanaged group with the rest":    in + "    mode: unmanaged\n    members: {ada: member}\n",
		"an empty group that permits it":      in + "    mode: authoritative\n    allow_empty: true\n",
		"a role of the provider's own":        in + "    mode: authoritative\n    min_managers: 2\n    members: {ada: own:boss, grace: owner}\n",
		"a role that is a manager's":          in + "    mode: authoritative\n    min_managers: 1\n    roles: {box: {member: manager}}\n    members: {ada: member}\n",
		"a pattern of another provider's ids": in + "    members: {grace: member}\n    ignore: [user_1]\n",
		"an alias that is the address":        "version: 1\npeople: {ada: {email: a@b, aliases: [A@b]}}",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := load(t, map[string]string{"a.yaml": file}, "a.yaml"); err != nil {
				t.Error(err)
			}
		})
	}
}

// Files together have each thing once. Mistakes of all files come together, in order.
func TestMerging(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       []string
	}{
		{"an equal person", "people: {ada: {email: a@b, aliases: [c@d, e@f]}}", "people: {ada: {aliases: [e@f, c@d], email: a@b}}", nil},
		{"another person", "people: {ada: {email: a@b}}", "people: {ada: {email: a@b, name: Ada}}", []string{`b.yaml:2:10: the person "ada" has another content at a.yaml:2:10`}},
		{"a group twice", "groups: {a: {in: {box: \"1\"}}}", "groups: {a: {in: {box: \"1\"}}}", []string{`b.yaml:2:10: the group "a" stands here a second time; the first is at a.yaml:2:10`}},
		{"parts of defaults", "defaults: {mode: additive, ignore: [a]}", "defaults: {mode: additive, ignore: [b], max_removals: {count: 1}}", nil},
		{"other defaults", "defaults: {mode: additive, invite: true, max_removals: {count: 1}}", "defaults: {mode: no-removals, invite: false, max_removals: {count: 2}}", []string{
			"b.yaml:2:18: mode of defaults is no-removals here and additive at a.yaml:2:18", "b.yaml:2:39: invite of defaults is false here and true at a.yaml:2:36",
			"b.yaml:2:68: count of defaults is 2 here and 1 at a.yaml:2:64",
		}},
		{"other limits", "max_run_removals: {count: 1, percent: 2}", "max_run_removals: {count: 3, percent: 2}", []string{"b.yaml:2:27: count of max_run_removals is 3 here and 1 at a.yaml:2:27"}},
		{"other roles", "roles: {box: {a: b, c: d}}", "roles: {box: {a: x, c: d}}", []string{`b.yaml:2:18: the role "a" is x here and b at a.yaml:2:18`}},
		{"one person, two keys", "people: {ada: {email: a@b}}", "people: {eve: {email: a@b}}", []string{`b.yaml:2:10: "eve" and "ada" at a.yaml:2:10 are one person: both have the address "a@b"`}},
		{"mistakes of both", "x: 1", "groups: {a: {}}\ny: 1", []string{
			`a.yaml:2:1: there is no key "x" in the file; the keys are defaults, groups, max_run_removals, people, protected, roles and version`,
			`b.yaml:2:10: the group "a" is in no provider: in names its group there, as in {box: "9000001"}`,
			`b.yaml:3:1: there is no key "y" in the file; the keys are defaults, groups, max_run_removals, people, protected, roles and version`,
		}},
		{"people of a file that is no YAML", "people: {ada: {email: a@b}", "groups: {a: {in: {box: \"1\"}, members: {ada: member}}}", []string{"a.yaml:2:27: this is not YAML: did not find expected ',' or '}'"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, map[string]string{"a.yaml": "version: 1\n" + tt.a, "b.yaml": "version: 1\n" + tt.b}, "a.yaml", "b.yaml")
			if diff := cmp.Diff(strings.Join(tt.want, "\n"), message(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// An error shows 20 mistakes and counts the others, up to a bound.
func TestManyMistakes(t *testing.T) {
	for n, want := range map[int]string{20: "", 21: "\nand 1 more mistake", 45: "\nand 25 more mistakes", 5000: "\nand 980 more mistakes"} {
		var b strings.Builder
		b.WriteString("version: 1\n")
		for i := range n {
			fmt.Fprintf(&b, "key%d: 1\n", i)
		}
		_, err := load(t, map[string]string{"a.yaml": b.String()}, "a.yaml")
		lines := strings.SplitAfter(message(err), "\n")
		if got := "\n" + strings.Join(lines[20:], ""); len(lines) < 20 || strings.TrimSuffix(got, "\n") != want {
			t.Errorf("%d mistakes: got %d lines, and %q", n, len(lines), got)
		}
		var all Errors
		if errors.As(err, &all); len(all) != min(n, maxKept) || len(all.Unwrap()) != len(all) || !slices.IsSortedFunc(all, func(a, b *reconcile.InputError) int { return comparePlaces(a.At, b.At) }) {
			t.Errorf("%d mistakes: got %d", n, len(all))
		}
	}
}

// Aliases of aliases are bounded by what they expand to.
func TestAliasBombs(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\nprotected:\n- &a0 [x, x]\n")
	for i := range 30 {
		fmt.Fprintf(&b, "- &a%d [*a%d, *a%d]\n", i+1, i, i)
	}
	_, err := load(t, map[string]string{"a.yaml": b.String()}, "a.yaml")
	var all Errors
	if want := "the file has more than 2,000,000 values"; !errors.As(err, &all) || !strings.HasSuffix(message(err), want) || len(all) != 1 {
		t.Errorf("got %.300v", err)
	}
}

// A file has a greatest size.
func TestLargeFiles(t *testing.T) {
	_, err := load(t, map[string]string{"a.yaml": "version: 1\n#" + strings.Repeat("x", maxFile)}, "a.yaml")
	if want := "a.yaml:1:1: the file is larger than 16,777,216 bytes; split it, or give members_from a CSV file"; message(err) != want {
		t.Errorf("got %v", err)
	}
}
