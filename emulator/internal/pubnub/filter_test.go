package pubnub

import (
	"strings"
	"testing"
	"time"
)

func TestFilter(t *testing.T) {
	at := time.Date(2025, 9, 12, 23, 31, 50, 346_000_001, time.UTC)
	row := func(field string) any {
		return map[string]any{
			"channel.id": "general", "channel.name": `Gladys "G" *`, "channel.description": nil, "channel.updated": at, "status": "active", "updated": at,
			"custom":         map[string]any{"role": "owner", "age": 42.0, "vip": true, "none": nil, "employment-status": "valid"},
			"channel.custom": map[string]any(nil),
		}[field]
	}
	for filter, want := range map[string]bool{
		`channel.id == "general"`:                                        true,
		`channel.id=='general'`:                                          true,
		`(channel.id == "General")`:                                      false,
		`channel.id != "general"`:                                        false,
		`channel.name LIKE 'Gl*'`:                                        true,
		`channel.name like "*dy*"`:                                       true,
		`channel.name LIKE "gl*"`:                                        false,
		`channel.name LIKE "*\**"`:                                       true,
		`channel.id LIKE "*\**"`:                                         false,
		`channel.name LIKE "Gladys \"G\" \*"`:                            true,
		`channel.name == "Gladys \u0022G\u0022 *"`:                       true,
		`channel.name LIKE "G"`:                                          false,
		`channel.id LIKE "*g*e*n*e*r*a*l*"`:                              true,
		`channel.id LIKE ""`:                                             false,
		`channel.description == null`:                                    true,
		`channel.description != null`:                                    false,
		`channel.description == "x"`:                                     false,
		`channel.description != "x"`:                                     true,
		`channel.description > "x"`:                                      false,
		`channel.type == null`:                                           true,
		`status > "aaa" && status < "b"`:                                 true,
		`status >= "ACTIVE" || status == "x"`:                            true,
		`updated >= '2025-09-12T23:31:50.346Z'`:                          true,
		`updated < "2025-09-13"`:                                         true,
		`updated == "2025-09-13T01:31:50.346000001+02:00"`:               true,
		`channel.updated <= "2025-09-12T23:31:50.346Z"`:                  false,
		`custom.role == "owner"`:                                         true,
		`custom["role"] == "owner"`:                                      true,
		`["custom"].role != "owner"`:                                     false,
		`custom["employment-status"] LIKE "v*"`:                          true,
		`custom.age > 41.5 && custom.age <= 4.2e1`:                       true,
		`custom.age != 42`:                                               false,
		`custom.age == -42`:                                              false,
		`custom.vip == true`:                                             true,
		`custom.vip != true`:                                             false,
		`custom.none == null && custom.missing == null`:                  true,
		`custom.missing != "x"`:                                          true,
		`channel.custom.x == 1`:                                          false,
		`!(status == "active")`:                                          false,
		`!(status == "active" && channel.id == "x")`:                     true,
		`status == "x" || status == "active" && channel.id == "general"`: true,
		`status == "active" || status == "x" && channel.id == "x"`:       true, // && binds tighter
		`(status == "active" || status == "x") && channel.id == "x"`:     false,
		` ( ( status=="active" ) ) `:                                     true,
	} {
		c, err := parseFilter(filter, membershipFields)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if got, err := c.holds(row); got != want || err != nil {
			t.Errorf("%s: got %v, %v", filter, got, err)
		}
	}
	for filter, why := range map[string]string{
		``:                                "expected a property",
		`status`:                          "expected an operator",
		`status ==`:                       "expected a value",
		`status = "x"`:                    `did not expect '='`,
		`status === "x"`:                  `did not expect '='`,
		`"x" == status`:                   "expected a property",
		`status == status`:                "expected a value",
		`status == "x`:                    "no end",
		`status == "x\`:                   "no end",
		`status == "\x"`:                  "not an escape",
		`status == "\u12"`:                "four digits",
		`status == "\u12xy"`:              "four digits",
		`status == "x" status`:            "did not expect",
		`status == "x" &&`:                "expected a property",
		`status == "x" & status == "y"`:   "did not expect",
		`(status == "x"`:                  `expected ")"`,
		`status == "x")`:                  "did not expect",
		`!status == "x"`:                  "! needs parentheses",
		`status CONTAINS "x"`:             "expected an operator",
		`status == 1`:                     "cannot be compared",
		`status == true`:                  "cannot be compared",
		`status > null`:                   "only be compared",
		`custom.vip < true`:               "only be compared",
		`status LIKE null`:                "LIKE is for strings",
		`custom.age LIKE 1`:               "LIKE is for strings",
		`updated LIKE "2025*"`:            "LIKE is for strings",
		`updated > "yesterday"`:           "not a date",
		`custom == "x"`:                   "no property",
		`custom.a.b == "x"`:               "no property",
		`nonsense == "x"`:                 "no property",
		`uuid.id == "x"`:                  "no property",
		`id == "x"`:                       "no property",
		`custom.employment-status == "x"`: "did not expect",
		`custom["a" == "x"`:               "in brackets",
		`custom[a] == "x"`:                "in brackets",
		`custom. == "x"`:                  "expected a property",
		`null == null`:                    "expected a property",
		`custom.age == 1.2.3`:             "not a number",
		"status == \"\xff\"":              "UTF-8",
		strings.Repeat("(", 200):          "too deeply",
	} {
		if c, err := parseFilter(filter, membershipFields); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.40s: got %v, %v, want an error that says %s", filter, c, err, why)
		}
	}
	// The type of a custom value is known only in a row.
	for _, filter := range []string{`custom.role == 1`, `custom.age == "42"`, `custom.vip == "true"`, `!(custom.age LIKE "4*")`} {
		c, err := parseFilter(filter, membershipFields)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.holds(row); err == nil {
			t.Errorf("%s: no error", filter)
		}
	}
}

// The ids that a filter names may narrow the candidate rows, but never exclude a match.
func TestFilterIDs(t *testing.T) {
	for filter, want := range map[string]string{
		`id == "a"`:                             "a",
		`id == "a" || id == "b"`:                "a b",
		`id == "a" && name == "x"`:              "a",
		`name == "x" && (id == "b" || id=="c")`: "b c",
		`id == "a" || name == "x"`:              "all",
		`id != "a"`:                             "all",
		`!(id == "a")`:                          "all",
		`id LIKE "a"`:                           "all",
		`name == "a"`:                           "all",
		`id == null`:                            "all",
	} {
		c, err := parseFilter(filter, userFields)
		if err != nil {
			t.Fatal(err)
		}
		got := "all"
		if ids, named := c.ids("id"); named {
			got = strings.Join(ids, " ")
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", filter, got, want)
		}
	}
}

// FuzzParseFilter looks for filters that crash the parser, and for matches that the ids
// of a filter exclude.
func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{
		`id == "a" && (name LIKE "*x\*" || !(updated >= '2025-01-01'))`, `custom["a b"] != 1.5e-7`, `externalId == null || status == "\u00e9"`,
	} {
		f.Add(seed, "a", "x")
	}
	f.Fuzz(func(t *testing.T, filter, id, name string) {
		c, err := parseFilter(filter, userFields)
		if err != nil {
			return
		}
		ok, err := c.holds(lookupMetadata(id, metadata{text: map[string]string{"name": name}, custom: map[string]any{"a": name}}))
		ids, named := c.ids("id")
		if !ok || err != nil || !named {
			return
		}
		for _, n := range ids {
			if n == id {
				return
			}
		}
		t.Errorf("%s holds for %q, which it does not name", filter, id)
	})
}
