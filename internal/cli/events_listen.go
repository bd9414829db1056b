package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/events"
	_ "github.com/memberships-go/memberships/events/all" // for providers.Deliveries
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/handled"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/providers"
)

func (a *app) listenCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	var names []string
	var addr, file string
	cmd := &cobra.Command{
		Use:   "listen",
		Short: "Print the events of webhooks",
		Long: `Receive the requests of webhooks, one path for each provider: /box, /clerk,
/googlechat and /webex. A verified request is printed and answered with a 2xx
status, and a repeated one is answered only. Secrets come from the environment
or a profile; 'memberships help credentials' lists them.

The command serves plain HTTP: a proxy in front of it ends TLS. It has no
position: an event of a time without it is printed if the provider sends it
again. With --deliveries-file, a request that comes again after a restart is not
printed twice, and the start reports the time without the command.
` + eventsHelp,
		Example: `  memberships events listen
  memberships events listen --addr 127.0.0.1:9000 -p webex,clerk
  memberships events listen --deliveries-file deliveries | ./handle`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := out.Check(); err != nil {
				return err
			}
			deliveries, err := a.deliveries(cmd.Context(), &conn, names)
			if err != nil {
				return err
			}
			if _, _, err := net.SplitHostPort(addr); err != nil {
				return exit.Usagef("--addr %s is not of the form host:port, as in 127.0.0.1:8080 or [::1]:8080", addr)
			}
			l := listener{app: a, names: names}
			// The address comes before the file: a second run that finds it taken leaves the
			// file to the first one.
			socket, err := (&net.ListenConfig{}).Listen(cmd.Context(), "tcp", addr)
			if err != nil {
				return fmt.Errorf("--addr %s: %w", addr, err)
			}
			defer func() { _ = socket.Close() }()
			opts := []events.Option{events.WithLogger(slog.New(slog.NewTextHandler(a.Stderr, nil)))}
			if file != "" {
				store, err := interrupt.Await(cmd.Context(), func() (*handled.Store, error) { return handled.Open(file, time.Now()) })
				if err != nil {
					return exit.Usagef("--deliveries-file %s: %w; remove it, or name another file", file, err)
				}
				defer func() {
					_ = store.Touch(time.Now())
					_ = store.Close()
				}()
				l.store = store
				opts = append(opts, events.WithStore(store))
			}
			h, err := events.Handler(l.print, deliveries, opts...)
			if err != nil {
				return exit.Usagef("%w", exit.Cause(err))
			}
			l.report(socket.Addr(), deliveries)
			l.out = output.Open(a.Console, &out, output.EventSchema, "events")
			if err = l.serve(cmd.Context(), socket, h); l.stalled {
				return err // Close waits for the same reader
			}
			return l.out.Close(err)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "`address` to listen on; port 0 takes a free one")
	cmd.Flags().StringVar(&file, "deliveries-file", "", "`file` that keeps the ids of printed requests between two runs")
	connect.AddListenersFlag(cmd, &names)
	conn.AddStore(a.Console, a.Getenv, cmd)
	out.AddFormat(a.Console, cmd, "ndjson")
	return cmd
}

// deliveries returns the verifiers of the named providers, or of all with a secret.
func (a *app) deliveries(ctx context.Context, conn *connect.Flags, names []string) ([]memberships.Deliveries, error) {
	if err := connect.CheckSeveral(conn, names); err != nil {
		return nil, err
	}
	all := len(names) == 0
	if all {
		names = providers.Names()
	}
	var found []memberships.Deliveries
	var missing []string
	for _, name := range names {
		values, err := conn.Webhook(ctx, name)
		if err != nil {
			return nil, err
		}
		if all && len(values) == 0 {
			missing = append(missing, secrets(name)...)
			continue
		}
		d, err := providers.Deliveries(name, values)
		if err != nil {
			return nil, exit.Usagef("%s: %w", name, exit.Cause(err))
		}
		found = append(found, d)
	}
	if len(found) == 0 {
		return nil, exit.Usagef("there is no secret of a webhook: set %s", phrase.Or(missing))
	}
	return found, nil
}

// secrets returns the variables of a provider's webhook settings.
func secrets(name string) []string {
	settings, _ := providers.Settings(name)
	var out []string
	for _, s := range settings {
		if s.Webhook && s.Env != "" {
			out = append(out, s.Env)
		}
	}
	return out
}

// listener prints the events of a handler.
type listener struct {
	*app
	names []string
	store *handled.Store // nil without a file

	mu     sync.Mutex
	out    *output.Stream[memberships.Event]
	failed error
	stop   context.CancelFunc
	// stalled reports that serve has ended during a print.
	stalled bool
}

// answerGrace is the time that the requests in flight have at the end.
var answerGrace = 10 * time.Second

var errStalled = errors.New("stdout takes no more output, and a request is not answered")

// report reports the paths, the time since the last run, and what providers send again.
func (l *listener) report(addr net.Addr, deliveries []memberships.Deliveries) {
	if !loopback(addr) {
		l.Report("--addr %s: other machines can reach this address, and the requests are not encrypted", addr)
	}
	paths := make([]string, len(deliveries))
	for i, d := range deliveries {
		paths[i] = "/" + d.Provider()
	}
	l.Note("listening on http://%s: %s", addr, strings.Join(paths, ", "))
	switch {
	case l.store == nil:
		l.Note("earlier runs are unknown without --deliveries-file; a request that comes again is printed again")
	case l.store.Since.IsZero():
		l.Note("this is the first run with this --deliveries-file")
	default:
		l.Note("there was no run between %s and now", l.store.Since.UTC().Format(time.RFC3339))
	}
	for _, d := range deliveries {
		l.Note("%s: %s", d.Provider(), providers.Redelivery(d.Provider()))
	}
}

// print prints an event at once. After a failure no event is acknowledged.
func (l *listener) print(_ context.Context, e memberships.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return l.failed
	}
	err := l.out.Print(e)
	if err == nil {
		err = l.out.Flush()
	}
	if err != nil {
		l.failed = err
		l.stop()
	}
	return err
}

// serve serves h until ctx ends or an event cannot be printed. The requests in flight are
// answered, unless stdout takes nothing for answerGrace.
func (l *listener) serve(ctx context.Context, socket net.Listener, h http.Handler) error {
	work, stop := context.WithCancel(ctx)
	defer stop()
	l.stop = stop
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(slog.NewTextHandler(l.Stderr, nil), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(socket) }()
	alive := time.NewTicker(15 * time.Second)
	defer alive.Stop()
	for {
		select {
		case err := <-served:
			return err
		case now := <-alive.C:
			if l.store != nil {
				if err := l.store.Touch(now); err != nil {
					l.Report("--deliveries-file: %v", err)
				}
			}
			continue
		case <-work.Done():
		}
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerGrace)
		defer cancel()
		err := srv.Shutdown(end)
		<-served //nolint:errcheck // it is ErrServerClosed
		if !l.mu.TryLock() {
			l.stalled = true
			return errors.Join(ctx.Err(), errStalled)
		}
		defer l.mu.Unlock()
		if l.failed != nil {
			return l.failed
		}
		return errors.Join(ctx.Err(), err)
	}
}
