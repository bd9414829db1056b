package googlechat_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

type transport http.HandlerFunc

func (h transport) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	h(rec, r)
	return rec.Result(), nil
}

// A removal whose repeat is 404 is ErrOutcomeUnknown while the confirming reads show the
// member. No later read turns it into an absence.
func TestUnknownRemovalStaysUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deletions, readings := 0, 0
		c, err := googlechat.New(option.WithToken("secret"), option.WithHTTPClient(&http.Client{Transport: transport(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodGet && readings < 4: // one before, one between, two behind
				readings++
				_, _ = io.WriteString(w, `{"name":"spaces/s/members/1","state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/1","type":"HUMAN"}}`)
			case r.Method == http.MethodGet:
				readings++
				w.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(w, `{"error":{"code":404,"status":"NOT_FOUND","message":"not found"}}`)
			case deletions == 0:
				deletions++
				w.WriteHeader(http.StatusServiceUnavailable)
			default:
				deletions++
				w.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(w, `{"error":{"code":404,"status":"NOT_FOUND","message":"not found"}}`)
			}
		})}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = memberships.New(c.Provider()).Remove(t.Context(), memberships.Ref{Group: memberships.Group{ID: "s"}, Member: memberships.Member{ID: "1"}})
		if !errors.Is(err, memberships.ErrOutcomeUnknown) || deletions != 2 || readings != 4 {
			t.Errorf("got %v after %d deletions and %d reads", err, deletions, readings)
		}
	})
}
