package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/login"
	"github.com/memberships-go/memberships/auth/methods"
	"github.com/memberships-go/memberships/internal/cli/browser"
	"github.com/memberships-go/memberships/internal/cli/complete"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/signin"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/providers"
)

// loginTime is the time in which a person approves.
const loginTime = 10 * time.Minute

// clientSecrets is the key of the setting of --client-secrets.
const clientSecrets = "client_secrets"

// loginFlags are the flags of a sign-in.
type loginFlags struct {
	method, profile, store, baseURL, secrets string
	set                                      []string
	want                                     methods.Want
	noBrowser                                bool
}

func (a *app) loginCommand() *cobra.Command {
	var f loginFlags
	cmd := &cobra.Command{
		Use:   "login PROVIDER",
		Short: "Sign in at a provider",
		Long: `Sign in at a provider, and keep the tokens for the next commands, which refresh
them. Without --method, the first of these is taken:

` + methodsHelp() + `
Settings come from the variables of 'memberships help credentials' and from
--set. The rest is asked for: secrets without an echo, or as lines of stdin.

A sign-in in a browser opens one, and waits ten minutes for the answer at a
loopback address. With --no-browser it prints the URL and reads the URL that the
browser was sent to, so that the browser may be on another machine.

The tokens are kept in the keyring of the system. --store file keeps them in a
file that only you may read, and --store encrypted in one with a passphrase,
which is asked for or taken from MEMBERSHIPS_PASSPHRASE. The store is tried
before the sign-in begins, and another one is never used in silence.`,
		Example: `  memberships auth login webex --change
  memberships auth login googlechat --client-secrets client_secrets.json
  memberships auth login box --method client-credentials --store file
  memberships auth login pubnub --profile staging --no-browser`,
		Args:              oneProvider,
		ValidArgsFunction: completeProvider,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := methods.Find(args[0], f.method)
			if err != nil {
				return exit.Usagef("--method: %w", exit.Cause(err))
			}
			return a.login(cmd.Context(), m, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.method, "method", "", "`name` of the way to sign in (default the provider's first)")
	complete.WithArgument(cmd, "method", methodNames)
	flags.StringVar(&f.profile, "profile", "", "`name` of the profile that is signed in (default \"default\")")
	complete.WithArgument(cmd, "profile", func(string) []string {
		return credentials.Profiles(credentials.Place{Getenv: a.Getenv}, "")
	})
	flags.StringVar(&f.store, "store", "", "`store` of the tokens: keyring (of the system), file (that only you may read) or encrypted (a file with a passphrase) (default keyring)")
	complete.With(cmd, "store", func(string) []string { return kindNames() })
	flags.StringArrayVar(&f.set, "set", nil, "`KEY=VALUE` of a setting that is no secret")
	flags.StringVar(&f.secrets, "client-secrets", "", "`file` with the app that signs a person in, in place of --set client_secrets=FILE")
	flags.BoolVar(&f.want.Change, "change", false, "ask for permission to change memberships as well")
	flags.BoolVar(&f.want.AddApp, "add-app", false, "ask for permission to add the app itself to groups")
	flags.BoolVar(&f.want.Admin, "admin", false, "ask for the permissions of an administrator")
	flags.BoolVar(&f.noBrowser, "no-browser", false, "print the URL, and read the URL of the answer from stdin")
	flags.StringVar(&f.baseURL, "base-url", "", "`URL` of another server to sign in at; it gets the secrets")
	return cmd
}

// methodsHelp lists the methods of all providers.
func methodsHelp() string {
	var facts [][2]string
	for _, m := range methods.All() {
		facts = append(facts, [2]string{"  " + m.Provider + " " + strings.ReplaceAll(m.Name, " ", "-"), m.Title})
	}
	width := 0
	for _, f := range facts {
		width = max(width, len(f[0]))
	}
	var b strings.Builder
	for _, f := range facts {
		for i, line := range wrapped(f[1], 79-width-2) {
			if i > 0 {
				f[0] = ""
			}
			fmt.Fprintf(&b, "%-*s  %s\n", width, f[0], line)
		}
	}
	return b.String()
}

// wrapped divides a text into lines of at most n characters.
func wrapped(text string, n int) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		if last := len(lines) - 1; last >= 0 && len(lines[last])+1+len(word) <= n {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// login signs in, and keeps the credential.
func (a *app) login(ctx context.Context, m methods.Method, f loginFlags) error {
	profile, err := a.profileOf(f.profile)
	if err != nil {
		return err
	}
	if err := checkURL("--base-url", f.baseURL); err != nil {
		return err
	}
	if err := checkURL("MEMBERSHIPS_EMULATOR", a.Getenv("MEMBERSHIPS_EMULATOR")); f.baseURL == "" && err != nil {
		return err
	}
	for _, want := range []struct {
		flag         string
		asked, takes bool
	}{{"--add-app", f.want.AddApp, m.Wants.AddApp}, {"--admin", f.want.Admin, m.Wants.Admin}} {
		if want.asked && !want.takes {
			return exit.Usagef("%s: the method %q of %s has no permission of its own for that", want.flag, m.Name, m.Provider)
		}
	}
	kind := signin.Kind(cmp.Or(f.store, string(signin.Keyring)))
	if !slices.Contains(signin.Kinds(), kind) {
		return exit.Usagef("--store: there is no store %q; there are %s", f.store, phrase.And(signin.Kinds()))
	}
	logins, err := a.logins(ctx)
	if err != nil {
		return err
	}
	key := signin.Key(m.Provider, profile)
	store, err := logins.Check(ctx, key, kind) // before a person signs in for nothing
	switch {
	case store == nil:
		return exit.Usagef("--store %s: %w", kind, err)
	case err != nil:
		return fmt.Errorf("the sign-in has not begun, as its tokens could not be kept: %w%s", prefixed(store.Name(), err), elsewhere(err))
	}
	values, err := a.loginValues(ctx, m, f)
	if err != nil {
		return err
	}
	if m.Warning != "" {
		a.Note("%s", m.Warning)
	}
	request := methods.Request{Values: values, Want: f.want, BaseURL: cmp.Or(f.baseURL, a.Getenv("MEMBERSHIPS_EMULATOR")), Getenv: a.Getenv}
	request.Browser.Visit = func(url string) error { return a.visit(ctx, url, f.noBrowser) }
	if f.noBrowser {
		request.Browser.Paste = func(ctx context.Context) (string, error) {
			return a.secret(ctx, "URL that the browser was sent to")
		}
	}
	work, cancel := context.WithTimeout(ctx, loginTime)
	defer cancel()
	c, err := m.Login(work, request)
	if err != nil {
		return loginFailure(ctx, work, m.Provider, err)
	}
	c, refused := a.named(ctx, c)
	if refused != nil && c.RefreshToken == "" {
		return fmt.Errorf("nothing is kept: %w", prefixed(m.Provider, refused))
	}
	if _, err := logins.Save(ctx, key, kind, c); err != nil {
		return fmt.Errorf("signed in, but the tokens could not be kept: %w%s", prefixed(store.Name(), err), elsewhere(err))
	}
	a.Report("signed in at %s%s; the tokens are in %s", m.Provider, as(c), store.Name())
	for _, warning := range methods.Warnings(c, time.Now()) {
		a.Note("%s", warning)
	}
	if refused != nil {
		return prefixed(m.Provider, refused)
	}
	return nil
}

// loginFailure returns the error of a sign-in, which had until the end of work, a part of ctx.
func loginFailure(ctx, work context.Context, provider string, err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded) && work.Err() != nil && ctx.Err() == nil:
		return fmt.Errorf("%s: there was no answer in %s", provider, loginTime)
	case errors.Is(err, login.ErrDenied):
		return err
	}
	return prefixed(provider, err)
}

// elsewhere returns the flag for another store, if that helps after an error of a store.
func elsewhere(err error) string {
	if errors.Is(err, signin.ErrRecord) {
		return ""
	}
	return "; --store names another one"
}

// as names the account of a credential.
func as(c *auth.Credential) string {
	if c.Account == "" {
		return ""
	}
	return " as " + c.Account
}

// named returns a credential with its account, as far as the provider tells it, and the error of
// a provider that refuses the credential. A provider that does not answer is no error. A refresh
// on the way is kept.
func (a *app) named(ctx context.Context, c *auth.Credential) (*auth.Credential, error) {
	const key = "signing in"
	store := auth.NewMemory()
	if store.Save(ctx, key, c) != nil {
		return c, nil
	}
	p, err := methods.Open(c, methods.Source(store, key, c, nil))
	if err != nil {
		return c, nil
	}
	client := memberships.New(p)
	asking, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	var account string
	if client.Capabilities().Caller {
		var m memberships.Member
		if m, err = client.Caller(asking); err == nil {
			account = cmp.Or(m.Email, m.Name, m.ID)
		}
	} else {
		_, err = client.Diagnose(asking)
	}
	if latest, err := store.Load(ctx, key); err == nil {
		c = latest
	}
	c.Account = cmp.Or(c.Account, account)
	if !errors.Is(err, memberships.ErrUnauthenticated) {
		err = nil
	}
	return c, err
}

// loginValues returns the values of the method's settings: those of the flags, of the
// environment, and of a prompt for each needed one that is left.
func (a *app) loginValues(ctx context.Context, m methods.Method, f loginFlags) (map[string]string, error) {
	values := map[string]string{}
	for _, s := range m.Settings() {
		if s.Env != "" && a.Getenv(s.Env) != "" {
			values[s.Key] = a.Getenv(s.Env)
		}
	}
	if f.secrets != "" {
		if !slices.ContainsFunc(m.Settings(), func(s providers.Setting) bool { return s.Key == clientSecrets }) {
			return nil, exit.Usagef("--client-secrets: the method %q of %s takes no such file", m.Name, m.Provider)
		}
		values[clientSecrets] = f.secrets
	}
	for _, text := range f.set {
		key, value, ok := strings.Cut(text, "=")
		i := slices.IndexFunc(m.Settings(), func(s providers.Setting) bool { return s.Key == key })
		switch {
		case !ok:
			return nil, exit.Usagef("--set takes KEY=VALUE")
		case i < 0:
			return nil, exit.Usagef("--set: the method %q of %s has no setting %q", m.Name, m.Provider, key)
		case m.Settings()[i].Secret:
			return nil, exit.Usagef("--set: %s is a secret, which other programs would see on the command line; it is asked for, or taken from %s", key, m.Settings()[i].Env)
		}
		values[key] = value
	}
	for _, s := range m.Missing(values) {
		value, err := a.ask(ctx, s.Key+" ("+s.Text+")", s.Secret)
		if err != nil {
			return nil, exit.With(exit.Usage, err)
		}
		values[s.Key] = value
	}
	return values, nil
}

// visit sends the person to a URL.
func (a *app) visit(ctx context.Context, url string, print bool) error {
	if !print && browser.Open(ctx, url, a.Getenv) == nil {
		a.Note("a browser shows the page to approve at; without one, open %s", url)
		return nil
	}
	a.Report("open this page in a browser: %s", url)
	return nil
}

// checkURL returns an error for an invalid URL, which names its source.
func checkURL(from, url string) error {
	if url == "" {
		return nil
	}
	_, err := credentials.BaseURL(from, url)
	return err
}

// prefixed returns an error that begins with a name, once.
func prefixed(name string, err error) error {
	if strings.HasPrefix(err.Error(), name+": ") {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// methodNames returns the values of --method.
func methodNames(provider string) []string {
	var names []string
	for _, m := range methods.Of(provider) {
		names = append(names, strings.ReplaceAll(m.Name, " ", "-"))
	}
	return names
}

// kindNames returns the values of --store.
func kindNames() []string {
	var names []string
	for _, kind := range signin.Kinds() {
		names = append(names, string(kind))
	}
	return names
}
