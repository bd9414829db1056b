package googlechat_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

func TestProviderDiagnose(t *testing.T) {
	verdicts := func(d memberships.Diagnosis) []string {
		var out []string
		for _, f := range d.Findings {
			out = append(out, fmt.Sprint(f.Operation, " ", f.Verdict, " ", f.Grant))
			if f.Verdict != memberships.VerdictAllowed && f.Detail == "" {
				out = append(out, "no detail")
			}
		}
		return out
	}
	const yes = " allowed "
	everything := []string{"groups" + yes, "list" + yes, "of" + yes, "get" + yes, "add" + yes, "update" + yes, "remove" + yes}
	needs := func(scope string, ops ...string) []string {
		var out []string
		for _, op := range ops {
			out = append(out, op+" denied "+scope)
		}
		return out
	}
	const (
		readScope = "the scope chat.memberships.readonly; for an app's token, the option WithAppAuth"
		approved  = ", with an administrator's approval"
	)
	for _, tc := range []struct {
		name, scopes string
		opts         []option.Option
		want         []string
	}{
		{"everything", "", nil, everything},
		{"a user who may write", "chat.spaces, chat.memberships", nil, everything},
		{"a user who may read", "chat.spaces.readonly, chat.memberships.readonly", nil,
			append(slices.Clone(everything[:4]), needs("the scope chat.memberships", "add", "update", "remove")...)},
		{"a user without spaces", "chat.memberships", nil, append([]string{
			"groups denied the scope chat.spaces.readonly", "list" + yes, "of denied the scope chat.spaces.readonly",
		}, everything[3:]...)},
		{"a user without memberships", "chat.spaces", nil,
			slices.Concat(everything[:1], needs(readScope, "list", "of", "get"), needs("the scope chat.memberships", "add", "update", "remove"))},
		{"an app", "chat.bot, chat.app.memberships", []option.Option{googlechat.WithAppAuth()}, everything},
		{"an app that may read", "chat.bot", []option.Option{googlechat.WithAppAuth()},
			append(slices.Clone(everything[:4]), needs("the scope chat.app.memberships"+approved, "add", "update", "remove")...)},
		{"an app's token without WithAppAuth", "chat.bot, chat.app.memberships", nil,
			slices.Concat(everything[:1], needs(readScope, "list"), everything[2:])},
	} {
		t.Run(tc.name, func(t *testing.T) {
			state := strings.Replace(appState, "chat.bot, chat.app.memberships", tc.scopes, 1)
			c, asked := portable(t, state, tc.opts...)
			d, err := c.Diagnose(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, verdicts(d)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, a := range *asked {
				if !strings.HasPrefix(a, "GET ") && a != "PATCH /v1/spaces/AAAAAAAAAAA/members/0" {
					t.Errorf("sent %s", a)
				}
			}
		})
	}
	t.Run("no spaces, and others are hidden", func(t *testing.T) {
		c, _ := scripted(t, step{200, `{}`}, step{403, denied}, step{403, denied}, step{403, denied})
		d, err := memberships.New(c.Provider()).Diagnose(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{
			"groups allowed ", "list undetermined ", "of undetermined ", "get undetermined ",
			"add undetermined ", "update undetermined ", "remove undetermined ",
		}, verdicts(d)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	t.Run("no credential", func(t *testing.T) {
		c, _ := scripted(t, step{401, `{"error":{"code":401,"message":"x","status":"UNAUTHENTICATED"}}`})
		if d, err := memberships.New(c.Provider()).Diagnose(t.Context()); !errors.Is(err, memberships.ErrUnauthenticated) {
			t.Errorf("got %v, %v", d, err)
		}
	})
}
