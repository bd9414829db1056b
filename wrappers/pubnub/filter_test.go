package pubnub_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

func TestFilter(t *testing.T) {
	type named string
	at := time.Date(2025, 9, 12, 23, 31, 50, 346e6, time.FixedZone("", 3600))
	for _, test := range []struct {
		filter pubnub.Filter
		want   string
	}{
		{pubnub.Eq(pubnub.FieldChannelID, "general"), `channel.id == "general"`},
		{pubnub.Ne(pubnub.FieldStatus, named("left")), `status != "left"`},
		{pubnub.Eq(pubnub.FieldName, `say "hi" \ 'ho'*`), `name == "say \"hi\" \\ 'ho'*"`},
		{pubnub.Eq(pubnub.FieldName, "tab\tline\nnul\x00del\x7fc1\u0085"), `name == "tab\u0009line\u000anul\u0000del\u007fc1\u0085"`},
		{pubnub.Eq(pubnub.FieldUserName, "Zoë 🐈"), `uuid.name == "Zoë 🐈"`},
		{pubnub.Ge(pubnub.FieldUpdated, at), `updated >= "2025-09-12T22:31:50.346Z"`},
		{pubnub.Lt(pubnub.FieldCustom("age"), 42), `custom.age < 42`},
		{pubnub.Gt(pubnub.FieldCustom("age"), -1.5e-7), `custom.age > -0.00000015`},
		{pubnub.Le(pubnub.FieldCustom("n"), int64(math.MinInt64)), `custom.n <= -9223372036854775808`},
		{pubnub.Eq(pubnub.FieldCustom("employment-status"), true), `custom["employment-status"] == true`},
		{pubnub.Eq(pubnub.FieldChannelCustom(`a"]`), "x"), `channel.custom["a\"]"] == "x"`},
		{pubnub.Eq(pubnub.FieldUserCustom("like"), "x"), `uuid.custom["like"] == "x"`},
		{pubnub.IsNull(pubnub.FieldType), `type == null`},
		{pubnub.HasPrefix(pubnub.FieldName, "50% *\\"), `name LIKE "50% \*\\*"`},
		{pubnub.HasSuffix(pubnub.FieldEmail, "@example.com"), `email LIKE "*@example.com"`},
		{pubnub.Contains(pubnub.FieldName, `"`), `name LIKE "*\"*"`},
		{pubnub.Like(pubnub.FieldName, `a*b\*c`), `name LIKE "a*b\\*c"`},
		{pubnub.In(pubnub.FieldID, "a", "b"), `id == "a" || id == "b"`},
		{pubnub.And(pubnub.Eq(pubnub.FieldID, "a"), pubnub.In(pubnub.FieldID, "b", "c"), pubnub.IsNull(pubnub.FieldType)),
			`id == "a" && (id == "b" || id == "c") && type == null`},
		{pubnub.Or(pubnub.And(pubnub.Eq(pubnub.FieldID, "a"), pubnub.IsNull(pubnub.FieldType)), pubnub.Eq(pubnub.FieldID, "b")),
			`(id == "a" && type == null) || id == "b"`},
		{pubnub.Not(pubnub.In(pubnub.FieldID, "a", "b")), `!(id == "a" || id == "b")`},
		{pubnub.And(pubnub.Eq(pubnub.FieldID, "a")), `id == "a"`},
		// An invalid value makes its condition invalid, and every condition around it.
		{pubnub.Eq(pubnub.FieldCustom("n"), math.NaN()), ``},
		{pubnub.Eq(pubnub.FieldCustom("n"), math.Inf(1)), ``},
		{pubnub.Eq(pubnub.Field(`id == "x" || name`), "y"), ``},
		{pubnub.Eq(pubnub.Field(""), "y"), ``},
		{pubnub.Eq(pubnub.Field(`custom["a"] == 1 || custom["b"]`), "y"), ``},
		{pubnub.In[string](pubnub.FieldID), ``},
		{pubnub.And(), ``},
		{pubnub.Not(pubnub.Filter{}), ``},
		{pubnub.And(pubnub.Eq(pubnub.FieldID, "a"), pubnub.Filter{}), ``},
		{pubnub.Or(pubnub.Eq(pubnub.FieldID, "a"), pubnub.Not(pubnub.Eq(pubnub.Field("a b"), 1))), ``},
	} {
		if got := test.filter.String(); got != test.want || *test.filter.Param() != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

// FuzzFilter parses filters with the emulator's parser: each must match its own value and
// no other.
func FuzzFilter(f *testing.F) {
	// testdata/fuzz/FuzzFilter has further seeds.
	f.Add("general", "other", "status")
	f.Add(`" || name != "`, "x", `a"] == 1 || custom["b`)
	emu, err := emulator.New()
	if err != nil {
		f.Fatal(err)
	}
	c, err := pubnub.New(append(base, option.WithHTTPClient(emu.Client()))...)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value, other, name string) {
		ctx := t.Context()
		if !utf8.ValidString(value) || !utf8.ValidString(other) || !utf8.ValidString(name) {
			return
		}
		if len(value) > 500 || len(other) > 500 || value == other {
			return
		}
		custom := func(v string) pubnub.SetChannelRequest {
			return pubnub.SetChannelRequest{Name: pubnub.Text(v), Custom: pubnub.Custom(map[string]any{name: v})}
		}
		for id, v := range map[string]string{"fuzz-this": value, "fuzz-other": other} {
			if _, err := c.Channels.Set(ctx, id, custom(v), pubnub.SetChannelParams{}); err != nil {
				t.Fatalf("%q: %v", v, err)
			}
		}
		these := pubnub.HasPrefix(pubnub.FieldID, "fuzz-")
		for _, filter := range []pubnub.Filter{
			pubnub.And(these, pubnub.Eq(pubnub.FieldName, value)),
			pubnub.And(these, pubnub.Not(pubnub.Ne(pubnub.FieldName, value))),
			pubnub.And(these, pubnub.Eq(pubnub.FieldCustom(name), value)),
			pubnub.And(these, pubnub.HasPrefix(pubnub.FieldName, value), pubnub.HasSuffix(pubnub.FieldName, value), pubnub.Contains(pubnub.FieldName, value), pubnub.Ne(pubnub.FieldName, other)),
			pubnub.And(these, pubnub.Or(pubnub.In(pubnub.FieldName, value), pubnub.Eq(pubnub.FieldID, value+"?"))),
		} {
			page, err := c.Channels.ListPage(ctx, pubnub.ListChannelsParams{Filter: filter.Param()}, "")
			if err != nil {
				t.Fatalf("%s: %v", filter, err)
			}
			if len(page.Items) != 1 || page.Items[0].ID != "fuzz-this" {
				t.Fatalf("%s holds for %d channels", filter, len(page.Items))
			}
		}
	})
}

// RawFilter sends an expression unchanged and refuses an invalid one.
func TestRawFilter(t *testing.T) {
	s := &script{answers: []string{rows("")}}
	c := s.client(t)
	raw := `(channel.name like 'Gl*' && status == "active") || channel.id == "a+b"`
	if err := drain(c.Memberships.ListByUser(t.Context(), "", pubnub.ListMembershipsParams{Filter: &raw})); err != nil {
		t.Fatal(err)
	}
	if got := s.seen[0].URL.Query().Get("filter"); got != raw {
		t.Errorf("sent %s", got)
	}
	for _, bad := range []string{"", "a\x00b", "name == \"\xff\"", strings.Repeat("\n", 2)} {
		err := drain(c.Memberships.ListByUser(t.Context(), "", pubnub.ListMembershipsParams{Filter: &bad}))
		if !errors.Is(err, memberships.ErrInvalidArgument) || len(s.seen) != 1 {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}
