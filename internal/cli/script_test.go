package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/internal/deeptest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"memberships": func() { os.Exit(Main()) }, "child": child})
}

// TestScripts runs testdata/script with a new emulator for each script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: setup,
		Cmds:  scriptCommands,
	})
}

// TestEachProvider runs testdata/each with every provider. PROVIDER is its name, KIND the
// kind of its groups, GROUP its group of 25, GROUPID that group's id, ADAS the number of
// Ada's memberships, ALL the number of all memberships.
//
// The scripts run with two of the providers, and with all in make deep.
func TestEachProvider(t *testing.T) {
	for i, name := range providers.Names() {
		if i%3 != 1 && !deeptest.Enabled() {
			continue
		}
		t.Run(name, func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				Dir: "testdata/each",
				Setup: func(e *testscript.Env) error {
					if err := setup(e); err != nil {
						return err
					}
					return describe(t.Context(), e, name)
				},
				Cmds: scriptCommands,
				Condition: func(cond string) (bool, error) {
					c, err := credentials.OpenEmulator(name)
					if err != nil || cond != "directory" {
						return false, errors.Join(err, fmt.Errorf("there is no condition %s", cond))
					}
					return c.Capabilities().Directory, nil
				},
			})
		})
	}
}

// setup starts the emulator of a script, and writes small.yaml, the built-in state with 100
// members in place of its 2,500.
func setup(e *testscript.Env) error {
	e.Setenv("GORACE", "atexit_sleep_ms=0") // saves a second for each command under the race detector
	e.Setenv("GOMAXPROCS", "1")             // the scripts themselves run on all processors
	small := bytes.Replace(emulator.BuiltInState(), []byte("count: 2497"), []byte("count: 97"), 1)
	if err := os.WriteFile(filepath.Join(e.WorkDir, "small.yaml"), small, 0o600); err != nil {
		return err
	}
	return startEmulator(e.Setenv, e.Defer)
}

func describe(ctx context.Context, e *testscript.Env, name string) error {
	c, err := credentials.OpenEmulator(name, option.WithBaseURL(e.Getenv(emulatorVariable)))
	if err != nil {
		return err
	}
	g, err := firstGroup(ctx, c)
	if err != nil {
		return err
	}
	adas, all := "3", "2526"
	if name == "webex" { // also has a team and its room
		adas, all = "4", "2576"
	}
	e.Setenv("ADAS", adas)
	e.Setenv("ALL", all)
	e.Setenv("PROVIDER", name)
	e.Setenv("KIND", string(g.Kind))
	e.Setenv("GROUP", g.String())
	e.Setenv("GROUPID", g.ID)
	return nil
}

const emulatorVariable = "MEMBERSHIPS_EMULATOR"

// startEmulator serves until the script ends.
func startEmulator(setenv func(string, string), atEnd func(func()), opts ...emulator.Option) error {
	if _, err := emulator.New(opts...); err != nil {
		return err
	}
	srv := emulator.NewServer(opts...)
	atEnd(srv.Close)
	setenv(emulatorVariable, srv.URL)
	return nil
}

// scriptCommands are additional testscript commands.
var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	// emulator state FILE | emulator faults FILE starts another emulator.
	"emulator": func(ts *testscript.TestScript, _ bool, args []string) {
		with := map[string]func(string) emulator.Option{"state": emulator.WithStateFile, "faults": emulator.WithFaultsFile}
		var opts []emulator.Option
		for ; len(args) > 1; args = args[2:] {
			opts = append(opts, with[args[0]](ts.MkAbs(args[1])))
		}
		ts.Check(startEmulator(ts.Setenv, ts.Defer, opts...))
	},
	// exits CODE COMMAND ARG... runs a command and expects the exit code.
	"exits": func(ts *testscript.TestScript, _ bool, args []string) {
		want, err := strconv.Atoi(args[0])
		ts.Check(err)
		err = ts.Exec(args[1], args[2:]...)
		got := 0
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			got = exit.ExitCode()
		} else {
			ts.Check(err)
		}
		if got != want {
			ts.Fatalf("exit code %d, want %d", got, want)
		}
	},
	// json [COUNT] expects stdout to be one JSON value: an object of strings, or an array
	// of COUNT such objects. "! json" expects anything else.
	"json": func(ts *testscript.TestScript, neg bool, args []string) {
		var one map[string]string
		var many []map[string]string
		var err error
		if data := []byte(ts.ReadFile("stdout")); len(args) == 0 {
			err = json.Unmarshal(data, &one)
		} else {
			err = json.Unmarshal(data, &many)
		}
		if (err != nil) != neg {
			ts.Fatalf("stdout as JSON: %v", err)
		}
		if len(args) > 0 && strconv.Itoa(len(many)) != args[0] {
			ts.Fatalf("%d records, want %s", len(many), args[0])
		}
	},
}
