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

// answering returns the portable client of a server with these answers, by method and path
// behind the version. The list has each request with its query and body.
func answering(t *testing.T, answers map[string]step) (*memberships.Client, *[]string) {
	t.Helper()
	asked := &[]string{}
	c, err := webex.New(option.WithToken("token"), option.WithHTTPClient(&http.Client{Transport: wrappertest.Handler(func(w http.ResponseWriter, r *http.Request) {
		request := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/v1")
		a, ok := answers[request]
		if !ok {
			t.Errorf("asked for %s", request)
			a = step{500, ""}
		}
		if r.URL.RawQuery != "" {
			request += "?" + r.URL.RawQuery
		}
		if r.Body != nil {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			request = strings.TrimSpace(request + " " + string(body))
		}
		*asked = append(*asked, request)
		w.WriteHeader(a.Status)
		_, _ = io.WriteString(w, a.Body)
	})}))
	if err != nil {
		t.Fatal(err)
	}
	return memberships.New(c.Provider()), asked
}

// denied is the answer to a token without a scope, failing an answer of another kind.
var (
	denied  = step{403, `{"message":"Missing scope.","trackingId":"x"}`}
	failing = step{400, `{"message":"No.","trackingId":"x"}`}
)
