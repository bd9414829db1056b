package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/auth/methods"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/providers"
)

// States of a provider in the status.
const (
	statusWorks   = "works"
	statusRefused = "does not work"
	statusUnknown = "undetermined"
	statusNone    = "not signed in"
	statusUnread  = "cannot be read"
	statusPassed  = "not used" // of a source in a table
)

// authStatus is the credential of one provider.
type authStatus struct {
	provider, state, from, method, account string
	scopes                                 []string
	expires, refreshUntil                  time.Time
	refreshed                              bool // a refresh token replaces the access token at its end
	detail                                 string
	passed                                 []credentials.Source // the sources that are not used
}

var authSchema = output.Schema[authStatus]{
	Fields: []output.Field[authStatus]{
		{Name: "provider", Text: func(s authStatus) string { return s.provider }},
		{Name: "state", Text: func(s authStatus) string { return s.state }},
		{Name: "from", Text: func(s authStatus) string { return s.from }},
		{Name: "method", Text: func(s authStatus) string { return s.method }},
		{Name: "account", Text: func(s authStatus) string { return s.account }},
		{Name: "scopes", Text: func(s authStatus) string { return scopesText(s.scopes) }},
		{Name: "expires", Text: func(s authStatus) string { return instantText(s.expires) }},
		{Name: "refresh_until", Text: func(s authStatus) string { return instantText(s.refreshUntil) }},
		{Name: "detail", Text: func(s authStatus) string { return s.detail }},
		{Name: "passed_over", Text: func(s authStatus) string { return passedOver(s.passed) }},
	},
	Columns: []output.Field[authStatus]{
		{Name: "provider", Text: func(s authStatus) string { return s.provider }},
		{Name: "state", Text: func(s authStatus) string { return s.state }},
		{Name: "account", Text: func(s authStatus) string { return s.account }},
		{Name: "until", Text: func(s authStatus) string {
			if s.refreshed { // an unknown end of it does not end the sign-in
				return instantText(s.refreshUntil)
			}
			return instantText(s.expires)
		}},
		{Name: "detail", Text: func(s authStatus) string {
			if s.from != "" && s.detail != "" {
				return s.from + ": " + s.detail
			}
			return s.from + s.detail
		}},
	},
}

// passedOver joins the sources that are not in use.
func passedOver(sources []credentials.Source) string {
	texts := make([]string, len(sources))
	for i, source := range sources {
		texts[i] = source.String()
	}
	return strings.Join(texts, "; ")
}

// rows returns a status for a table: a row for the credential in use, and one for each other
// source that is present.
func (s authStatus) rows() []authStatus {
	rows := []authStatus{s}
	for _, source := range s.passed {
		if source.Present {
			rows = append(rows, authStatus{state: statusPassed, detail: source.Name + ": " + source.Reason})
		}
	}
	return rows
}

// scopesText joins scopes by spaces, or by semicolons if one has a space itself.
func scopesText(scopes []string) string {
	separator := " "
	if slices.ContainsFunc(scopes, func(s string) bool { return strings.Contains(s, " ") }) {
		separator = "; "
	}
	return strings.Join(scopes, separator)
}

func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (a *app) statusCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the credentials in use, and whether they work",
		Long: `Show which credential of each provider is used: its source, its account, its
scopes and its end, never a secret. Each is tried with a request that changes
nothing. The other sources with a credential follow, with the reason that they
are not used; -o json lists the sources without one as well.

The exit code is 0 if every credential in use works, 1 if one does not or a
store cannot be read, and 3 if a provider did not answer.`,
		Example: `  memberships auth status
  memberships auth status --profile staging -o json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := out.Check(); err != nil {
				return err
			}
			s := output.Open(a.Console, &out, authSchema, "providers")
			code := exit.Done
			for _, name := range providers.Names() {
				status := a.status(cmd.Context(), &conn, name)
				switch status.state {
				case statusRefused, statusUnread:
					code = exit.Failed
				case statusUnknown:
					code = cmp.Or(code, exit.Partly)
				}
				rows := []authStatus{status}
				if out.Format == "table" {
					rows = status.rows()
				}
				for _, row := range rows {
					if err := s.Print(row); err != nil {
						return s.Close(err)
					}
				}
			}
			if err := s.Close(cmd.Context().Err()); err != nil || code == exit.Done {
				return err
			}
			return exit.With(code, nil)
		},
	}
	conn.AddShared(a.Console, a.Getenv, cmd)
	out.Add(a.Console, cmd, "table")
	return cmd
}

// status returns the credential of a provider and tries it.
func (a *app) status(ctx context.Context, conn *connect.Flags, name string) authStatus {
	s := authStatus{provider: name}
	sources, err := conn.Sources(ctx, name)
	if err != nil {
		s.state, s.detail = statusUnread, err.Error()
		return s
	}
	s.passed = slices.DeleteFunc(sources, func(c credentials.Source) bool { return c.Reason == "" })
	set, err := conn.Credentials(ctx, name)
	switch {
	case errors.Is(err, credentials.ErrNone):
		s.state, s.detail = statusNone, err.Error()
		return s
	case err != nil:
		s.state, s.detail = statusUnread, err.Error()
		return s
	}
	s.from = set.From
	if c := set.Login(); c != nil {
		s.method, s.account, s.scopes, s.expires, s.refreshUntil = c.Method, c.Account, methods.Scopes(c), c.Expiry, c.RefreshExpiry
		s.refreshed = c.RefreshToken != ""
	}
	s.detail = strings.Join(set.Warnings(time.Now()), " ")
	client, err := conn.OpenWith(ctx, set)
	if err != nil {
		s.state, s.detail = statusRefused, err.Error()
		return s
	}
	account, err := try(ctx, client)
	s.account = cmp.Or(s.account, account)
	switch {
	case err == nil:
		s.state = statusWorks
	case errors.Is(err, memberships.ErrUnavailable), errors.Is(err, memberships.ErrRateLimited), ctx.Err() != nil:
		s.state, s.detail = statusUnknown, err.Error()
	default:
		s.state, s.detail = statusRefused, err.Error()+a.signInAgain(name, err)
	}
	return s
}

// try sends a request that changes nothing, and returns the account as far as the provider
// tells it.
func try(ctx context.Context, c *memberships.Client) (account string, err error) {
	if c.Capabilities().Caller {
		m, err := c.Caller(ctx)
		return cmp.Or(m.Email, m.Name, m.ID), err
	}
	d, err := c.Diagnose(ctx)
	return d.Identity, err
}
