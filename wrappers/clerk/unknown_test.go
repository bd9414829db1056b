package clerk_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// A removal whose retry fails with 404 has an unknown outcome while reads show the member.
// The provider does not refine the kind of that error.
func TestUnknownRemovalStaysUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deletions := 0
		c, err := clerk.New(option.WithToken("secret"), option.WithHTTPClient(&http.Client{Transport: wrappertest.Handler(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodGet:
				_, _ = io.WriteString(w, `{"data":[{"object":"organization_membership","id":"m","role":"org:member","organization":{"id":"org_demo"},"public_user_data":{"user_id":"user_1"}}],"total_count":1}`)
			case deletions == 0:
				deletions++
				w.WriteHeader(http.StatusServiceUnavailable)
			default:
				deletions++
				w.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(w, `{"errors":[{"code":"resource_not_found","message":"not found"}]}`)
			}
		})}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = memberships.New(c.Provider()).Remove(t.Context(), memberships.Ref{Group: memberships.Group{ID: "org_demo"}, Member: memberships.Member{ID: "user_1"}})
		var e *memberships.Error
		if !errors.As(err, &e) || e.Kind != memberships.ErrOutcomeUnknown || deletions != 2 {
			t.Errorf("got %v after %d deletions", err, deletions)
		}
	})
}
