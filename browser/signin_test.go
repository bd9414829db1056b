package browser

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/memberships-go/memberships/emulator"
)

// The pages of the authorization servers choose a person, and approve or deny: the policy of
// the page lets the browser follow the redirect to the app. Hostile names do not run.
func TestSignInPages(t *testing.T) {
	srv := emulator.NewServer(emulator.WithState("state", []byte(state)))
	defer srv.Close()
	got := make(chan url.Values, 4)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cb" {
			got <- r.URL.Query()
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<title>signed in</title><link rel=icon href=data:,>"))
	}))
	defer app.Close()
	b := open(t, srv.URL)
	const hostile = `"><script>document.title='run'</script>`
	for _, path := range []string{"/v1/authorize", "/o/oauth2/v2/auth", "/api/oauth2/authorize"} {
		for _, redirect := range []string{app.URL, strings.Replace(app.URL, "127.0.0.1", "localhost", 1)} {
			for decision, want := range map[string]string{"approve": "code", "deny": "error"} {
				q := url.Values{
					"client_id": {hostile}, "response_type": {"code"}, "redirect_uri": {redirect + "/cb"}, "state": {"s1"},
					"scope": {"https://www.googleapis.com/auth/chat.spaces"}, "login_hint": {"mallory@example.com"},
				}
				b.run(chromedp.Navigate(srv.URL + path + "?" + q.Encode()))
				b.until("document.querySelector('button[value=" + decision + "]') !== null")
				if text := eval[string](b, "document.body.innerText"); !strings.Contains(text, hostile) || !strings.Contains(text, "onerror=") {
					t.Errorf("%s: the page is %s", path, text)
				}
				if title := eval[string](b, "document.title"); title != "Sign in" {
					t.Errorf("%s: a name has run: the title is %q", path, title)
				}
				if faults := b.console.all(); len(faults) > 0 {
					t.Errorf("%s: the console has %q", path, faults)
				}
				b.run(chromedp.SetValue("select[name=person]", "grace@example.com"), chromedp.Click("button[value="+decision+"]"))
				select {
				case q := <-got:
					if q.Get(want) == "" || q.Get("state") != "s1" {
						t.Errorf("%s: %s gives %v", path, decision, q)
					}
				case <-time.After(20 * time.Second):
					t.Fatalf("%s: no redirect; console: %q", path, b.console.all())
				}
				b.until("document.title === 'signed in'")
			}
		}
	}
}
