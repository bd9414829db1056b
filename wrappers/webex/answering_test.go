package webex_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// answering returns the portable client of a Webex that has these answers, by method and
// path behind the version, and what was asked: that with the query and the body.
func answering(t *testing.T, answers map[string]step) (*memberships.Client, *[]string) {
	t.Helper()
	asked := &[]string{}
	c, err := webex.New(option.WithToken("token"), option.WithHTTPClient(&http.Client{Transport: wrappertest.Handler(func(w http.ResponseWriter, r *http.Request) {
		what := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/v1")
		a, ok := answers[what]
		if !ok {
			t.Errorf("asked for %s", what)
			a = step{500, ""}
		}
		if r.URL.RawQuery != "" {
			what += "?" + r.URL.RawQuery
		}
		if r.Body != nil {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			what = strings.TrimSpace(what + " " + string(body))
		}
		*asked = append(*asked, what)
		w.WriteHeader(a.Status)
		_, _ = io.WriteString(w, a.Body)
	})}))
	if err != nil {
		t.Fatal(err)
	}
	return memberships.New(c.Provider()), asked
}

// denied and failing are what Webex answers a token without a scope, and in trouble.
var (
	denied  = step{403, `{"message":"Missing scope.","trackingId":"x"}`}
	failing = step{400, `{"message":"No.","trackingId":"x"}`}
)
