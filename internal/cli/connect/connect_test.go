package connect_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/providers"
)

// testCommand is a command with the flags of this package.
type testCommand struct {
	connect.Flags
	names  []string // of --provider, if the command is for several providers
	stderr bytes.Buffer
}

// parse returns a command whose flags have the values of args. The environment has env
// only, and no file in the home folder.
func parse(t *testing.T, several bool, env map[string]string, args ...string) *testCommand {
	t.Helper()
	home := t.TempDir()
	getenv := func(key string) string {
		switch key {
		case "HOME", "XDG_CONFIG_HOME", "APPDATA", "USERPROFILE":
			return home
		}
		return env[key]
	}
	c := &testCommand{}
	console := &output.Console{Stdout: &bytes.Buffer{}, Stderr: &c.stderr}
	cmd := &cobra.Command{Use: "test"}
	if several {
		connect.AddProvidersFlag(cmd, &c.names)
		c.AddShared(console, getenv, cmd)
	} else {
		c.Add(console, getenv, cmd)
	}
	c.AddPageSize(cmd)
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	return c
}

// requests starts an emulator and returns its URL and the requests that it gets.
func requests(t *testing.T) (string, *[]*http.Request) {
	t.Helper()
	srv := emulator.NewServer()
	t.Cleanup(srv.Close)
	var sent []*http.Request
	srv.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		sent = append(sent, r)
		return false
	})
	return srv.URL, &sent
}

// wantUsage fails unless err is a usage error with the text.
func wantUsage(t *testing.T, err error, text string) {
	t.Helper()
	var e *exit.Error
	if !errors.As(err, &e) || e.Code != exit.Usage || !strings.Contains(err.Error(), text) {
		t.Errorf("got %v, want a usage error with %q", err, text)
	}
}

// Open opens the provider with the settings of the environment and the flags.
func TestOpen(t *testing.T) {
	url, sent := requests(t)
	env := map[string]string{"CLERK_SECRET_KEY": "sk_test_1"}
	c := parse(t, false, env, "-p", "clerk", "--base-url", url, "--page-size", "7", "--debug")
	client, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range client.List(t.Context(), memberships.Filter{Group: memberships.Group{ID: "org_demo"}}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if len(*sent) == 0 {
		t.Fatal("the server got no request")
	}
	if r := (*sent)[0]; r.URL.Query().Get("limit") != "7" || r.Header.Get("Authorization") != "Bearer sk_test_1" {
		t.Errorf("sent %s with Authorization %q", r.URL, r.Header.Get("Authorization"))
	}
	if log := c.stderr.String(); !strings.Contains(log, "org_demo") || strings.Contains(log, "sk_test_1") {
		t.Errorf("--debug reported %q, want the request without the secret", log)
	}
}

// Without --debug, a request leaves nothing on stderr.
func TestOpenWithoutDebug(t *testing.T) {
	url, sent := requests(t)
	c := parse(t, false, map[string]string{"CLERK_SECRET_KEY": "sk_test_1"}, "-p", "clerk", "--base-url", url)
	client, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Check(t.Context(), memberships.Group{ID: "org_demo"}, memberships.Member{Email: "ada@example.com"}); err != nil {
		t.Fatal(err)
	}
	if len(*sent) == 0 || c.stderr.Len() > 0 {
		t.Errorf("%d requests, stderr %q", len(*sent), c.stderr.String())
	}
}

// A request has 30 seconds by default.
func TestDefaultTimeout(t *testing.T) {
	if c := parse(t, false, nil); c.Timeout != 30*time.Second {
		t.Errorf("got %v, want 30s", c.Timeout)
	}
}

// --timeout ends a request that the server does not answer.
func TestOpenTimeout(t *testing.T) {
	release := make(chan struct{})
	srv := emulator.NewServer()
	t.Cleanup(srv.Close)
	srv.Control(func(http.ResponseWriter, *http.Request) bool { <-release; return true })
	t.Cleanup(func() { close(release) })
	c := parse(t, false, map[string]string{"CLERK_SECRET_KEY": "sk_test_1"}, "-p", "clerk", "--base-url", srv.URL, "--timeout", "1ms")
	client, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if c.Timeout != time.Millisecond {
		t.Errorf("Timeout is %v, want 1ms", c.Timeout)
	}
	start := time.Now()
	_, err = client.Get(t.Context(), memberships.Ref{Group: memberships.Group{ID: "org_demo"}, Member: memberships.Member{ID: "user_1"}})
	if err == nil || !strings.Contains(err.Error(), "deadline") && !strings.Contains(err.Error(), "unavailable") {
		t.Errorf("got %v, want the end of the time limit", err)
	}
	if waited := time.Since(start); waited > 20*time.Second {
		t.Errorf("the call took %v, want far less than the default of 30 seconds", waited)
	}
}

// Invalid flags are usage errors, and the errors of a command's other flags come first.
func TestOpenUsage(t *testing.T) {
	env := map[string]string{"CLERK_SECRET_KEY": "sk_test_1"}
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"no provider":                {nil, "--provider is missing: one of box, clerk, googlechat, pubnub or webex"},
		"an unknown provider":        {[]string{"-p", "slack"}, `there is no provider "slack"; there are box, clerk, googlechat, pubnub and webex`},
		"no credentials":             {[]string{"-p", "webex"}, "there are no credentials for webex"},
		"a time limit of zero":       {[]string{"-p", "clerk", "--timeout", "0"}, "--timeout 0s is not above zero"},
		"a time limit below zero":    {[]string{"-p", "clerk", "--timeout", "-1s"}, "--timeout -1s is not above zero"},
		"a page size below zero":     {[]string{"-p", "clerk", "--page-size", "-1"}, "--page-size -1 is below zero"},
		"an invalid base URL":        {[]string{"-p", "clerk", "--base-url", "ftp://x"}, "--base-url"},
		"an absent file of profiles": {[]string{"-p", "clerk", "--config", filepath.Join(t.TempDir(), "absent")}, "--config"},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := parse(t, false, env, tt.args...).Open(t.Context())
			wantUsage(t, err, tt.want)
			if client != nil {
				t.Error("got a client beside the error")
			}
		})
	}
	_, err := parse(t, false, env, "-p", "slack").Open(t.Context(), nil, exit.Usagef("another flag is invalid"))
	wantUsage(t, err, "another flag is invalid")
}

// --debug and --quiet exclude each other, because --quiet drops the log.
func TestDebugAndQuiet(t *testing.T) {
	c := &connect.Flags{}
	console := &output.Console{Stderr: &bytes.Buffer{}, Quiet: true}
	cmd := &cobra.Command{Use: "test"}
	c.Add(console, func(string) string { return "" }, cmd)
	if err := cmd.ParseFlags([]string{"--debug"}); err != nil {
		t.Fatal(err)
	}
	wantUsage(t, c.OpenStore(t.Context()), "--debug and --quiet exclude each other")
}

// The file of --config is read once for all providers, and --profile selects the profile.
func TestOpenProfile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "profiles.yaml")
	const profiles = "profiles:\n  work:\n    clerk: {secret_key: sk_test_work}\n    webex: {access_token: work}\n"
	if err := os.WriteFile(file, []byte(profiles), 0o600); err != nil {
		t.Fatal(err)
	}
	c := parse(t, false, map[string]string{"CLERK_SECRET_KEY": "sk_test_env"}, "--config", file, "--profile", "work")
	clerk, err := c.Credentials(t.Context(), "clerk")
	if err != nil || !strings.Contains(clerk.From, `profile "work"`) {
		t.Fatalf("clerk: got credentials from %q, %v", clerk.From, err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if client, err := c.OpenProvider(t.Context(), "webex"); err != nil || client.Name() != "webex" {
		t.Errorf("webex, after the removal of the file: %v", err)
	}
	if _, err := c.OpenProvider(t.Context(), "box"); err == nil {
		t.Error("box: got no error, want that the profile lacks it")
	}
}

// OpenMany opens the named providers once each, or all providers with credentials, in
// alphabetical order.
func TestOpenMany(t *testing.T) {
	two := map[string]string{"CLERK_SECRET_KEY": "sk_test_1", "WEBEX_ACCESS_TOKEN": "t"}
	url, _ := requests(t)
	for name, tt := range map[string]struct {
		env  map[string]string
		args []string
		want []string
		err  string
	}{
		"all with credentials":       {two, nil, []string{"clerk", "webex"}, ""},
		"all of an emulator":         {map[string]string{"MEMBERSHIPS_EMULATOR": url}, nil, providers.Names(), ""},
		"a repeated name":            {two, []string{"-p", "webex,clerk", "-p", "webex"}, []string{"clerk", "webex"}, ""},
		"one name":                   {two, []string{"-p", "webex"}, []string{"webex"}, ""},
		"a name without credentials": {two, []string{"-p", "clerk,box"}, nil, "there are no credentials for box"},
		"a part of the credentials":  {map[string]string{"BOX_CLIENT_ID": "1", "CLERK_SECRET_KEY": "sk_test_1"}, nil, nil, "a part of the credentials for box"},
		"all":                        {two, []string{"-p", "all"}, []string{"clerk", "webex"}, ""},
		"all twice":                  {two, []string{"-p", "all,all"}, []string{"clerk", "webex"}, ""},
		"all and a name":             {two, []string{"-p", "all,clerk"}, nil, "--provider all stands alone, found all,clerk"},
		"a base URL for all":         {two, []string{"-p", "all", "--base-url", url}, nil, "--base-url is of one provider"},
		"an unknown name":            {two, []string{"-p", "clerk,slack"}, nil, `there is no provider "slack"`},
		"no credentials at all":      {nil, nil, nil, "there are no credentials for any provider"},
		"a base URL for several":     {two, []string{"--base-url", url}, nil, "--base-url is of one provider"},
		"an absent file of profiles": {two, []string{"--config", filepath.Join(t.TempDir(), "absent")}, nil, "--config: "},
		"a base URL for one":         {two, []string{"--base-url", url, "-p", "clerk"}, []string{"clerk"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := parse(t, true, tt.env, tt.args...)
			clients, err := c.OpenMany(t.Context(), c.names)
			var got []string
			for _, client := range clients {
				got = append(got, client.Name())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("providers (-want +got):\n%s", diff)
			}
			if tt.err != "" {
				wantUsage(t, err, tt.err)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// OpenNamed requires a name, and reports the errors of other flags first.
func TestOpenNamed(t *testing.T) {
	env := map[string]string{"CLERK_SECRET_KEY": "sk_test_1"}
	c := parse(t, true, env)
	_, err := c.OpenNamed(t.Context(), nil)
	wantUsage(t, err, "--provider is missing")
	_, err = c.OpenNamed(t.Context(), nil, nil, exit.Usagef("another flag"))
	wantUsage(t, err, "another flag")
	clients, err := c.OpenNamed(t.Context(), []string{connect.All}, nil)
	if err != nil || len(clients) != 1 {
		t.Errorf("%d clients, %v", len(clients), err)
	}
}

func TestSeveral(t *testing.T) {
	for _, tt := range []struct {
		names []string
		want  bool
	}{
		{nil, false}, {[]string{"box"}, false}, {[]string{"box", "box"}, false}, {[]string{"box", "clerk"}, true}, {[]string{"all"}, true},
	} {
		if got := connect.Several(tt.names); got != tt.want {
			t.Errorf("%q: got %t", tt.names, got)
		}
	}
}

func TestCheckConcurrency(t *testing.T) {
	for n, ok := range map[int]bool{-1: false, 0: false, 1: true, 8: true} {
		if err := connect.CheckConcurrency(n); (err == nil) != ok {
			t.Errorf("%d: got %v", n, err)
		} else if !ok {
			wantUsage(t, err, "is below one")
		}
	}
}

// The shell completes the names of the providers, and All where that is a value.
func TestProviderCompletion(t *testing.T) {
	var names []string
	for name, tt := range map[string]struct {
		add  func(*cobra.Command)
		want []string
	}{
		"several":   {func(cmd *cobra.Command) { connect.AddProvidersFlag(cmd, &names) }, providers.Names()},
		"all":       {func(cmd *cobra.Command) { connect.AddManyFlag(cmd, &names, "") }, append(providers.Names(), connect.All)},
		"listeners": {func(cmd *cobra.Command) { connect.AddListenersFlag(cmd, &names) }, providers.Names()},
	} {
		cmd := &cobra.Command{Use: "test"}
		tt.add(cmd)
		words, ok := cmd.GetFlagCompletionFunc("provider")
		if !ok {
			t.Errorf("%s: --provider has no completion", name)
			continue
		}
		got, _ := words(cmd, nil, "")
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
