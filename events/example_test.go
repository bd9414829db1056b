package events_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/events"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// A server for the webhooks of Webex and Clerk, with all of its timeouts set.
func ExampleHandler() {
	handle := func(_ context.Context, e memberships.Event) error {
		if !e.Type.Changes() {
			return nil // an event of the provider about something else
		}
		log.Printf("%s: %s %s in %s", e.Provider, e.Type, e.Membership.Member, e.Membership.Group)
		return nil // an error makes the provider send the delivery again
	}
	h, err := events.Handler(handle, []memberships.Deliveries{
		webex.Deliveries(os.Getenv("WEBEX_WEBHOOK_SECRET")),
		clerk.Deliveries(os.Getenv("CLERK_WEBHOOK_SIGNING_SECRET")),
	})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/hooks/", http.StripPrefix("/hooks", h)) // POST /hooks/webex and /hooks/clerk
	server := &http.Server{
		Addr:              "127.0.0.1:8080",
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second, // has room for the function
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	log.Fatal(server.ListenAndServe())
}

// A test of your own function signs a delivery as the provider does.
func ExampleHandler_test() {
	const secret = "a secret of the test"
	handle := func(_ context.Context, e memberships.Event) error {
		fmt.Println(e.Type, e.Membership.Member.Email, e.Membership.Role)
		return nil
	}
	h, err := events.Handler(handle, []memberships.Deliveries{webex.Deliveries(secret)})
	if err != nil {
		log.Fatal(err)
	}
	body := `{"id":"hook","resource":"memberships","event":"created","data":{"id":"m","roomId":"r","personId":"p",
		"personEmail":"ada@example.com","isModerator":true,"created":"2026-01-02T03:04:05.678Z"}}`
	for range 2 {
		r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/webex", strings.NewReader(body))
		r.Header = webex.SignDelivery(secret, []byte(body))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	// Output:
	// created ada@example.com manager
	// 204
	// 204
}

// sqlStore keeps handled deliveries in a table of SQLite; see the comment of events.Store.
type sqlStore struct{ db *sql.DB }

func (s sqlStore) Last(ctx context.Context, name string) (id string, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT id FROM deliveries WHERE name = ?", name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, err
}

func (s sqlStore) Save(ctx context.Context, name, id string) error {
	_, err := s.db.ExecContext(ctx, "INSERT INTO deliveries (name, id) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET id = excluded.id", name, id)
	return err
}

// A store in an SQL database drops repetitions also after a restart.
func ExampleWithStore() {
	db, err := sql.Open("sqlite", "deliveries.db") // with the driver of your choice
	if err != nil {
		log.Fatal(err)
	}
	handle := func(context.Context, memberships.Event) error { return nil }
	h, err := events.Handler(handle, []memberships.Deliveries{webex.Deliveries(os.Getenv("WEBEX_WEBHOOK_SECRET"))}, events.WithStore(sqlStore{db}))
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/", h)
}
