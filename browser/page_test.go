// Package browser looks at the page of the emulator in Chromium. It is a module of its own,
// and make browser runs it.
package browser

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/memberships-go/memberships/emulator"
)

const state = `
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Grace Hopper, email: grace@example.com}
  - {name: "<script>document.title='run'</script>", email: eve@example.com}
  - {name: "\"><img src=x onerror=document.title='run'>", email: mallory@example.com}
groups:
  - {name: Demo, ids: {clerk: org_demo, pubnub: demo}, members: [{email: ada@example.com, role: owner}, {email: grace@example.com, role: manager}, {email: eve@example.com}], count: 5}
  - {name: "<svg onload=document.title='run'>", in: [clerk, webex], members: [{email: ada@example.com, role: owner}, {email: mallory@example.com}]}
  - {name: Newcomers, in: [googlechat, pubnub], members: [{email: ada@example.com, role: owner}, {email: grace@example.com, state: invited}]}
`

// chromium returns the path of the browser: that of the variable CHROME, or of the PATH.
func chromium(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("CHROME"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("there is no Chromium in the PATH; CHROME may name one")
	return ""
}

// tab is a page of the browser.
type tab struct {
	t       *testing.T
	ctx     context.Context
	console *console
}

func open(t *testing.T, url string) tab {
	t.Helper()
	alloc, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 1500))...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	b := tab{t, ctx, &console{}}
	b.run() // starts the browser, which must not have a timeout
	if err := chromedp.Listen(ctx, b.console.hear); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	b.run(chromedp.Navigate(url))
	return b
}

// console keeps the errors of the browser's console.
type console struct {
	mu     sync.Mutex
	faults []string
}

func (c *console) hear(event any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		c.faults = append(c.faults, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		c.faults = append(c.faults, e.Entry.Text+" "+e.Entry.URL)
	}
}

func (c *console) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.faults)
}

func (b tab) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatalf("%v; console: %q", err, b.console.all())
	}
}

// eval returns the value of an expression.
func eval[T any](b tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v; console: %q", expression, err, b.console.all())
	}
	return v
}

// until waits until an expression is true.
func (b tab) until(expression string) {
	b.t.Helper()
	for end := time.Now().Add(20 * time.Second); !eval[bool](b, expression); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("it does not become true: %s; the page: %s; console: %q", expression, eval[string](b, "document.body.innerText"), b.console.all())
		}
	}
}

// send makes a request to the emulator.
func send(t *testing.T, method, url, body string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer topsecret")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// The page shows who is where, what comes and goes, and steers the emulator. Hostile names
// do not run.
func TestPage(t *testing.T) {
	srv := emulator.NewServer(emulator.WithState("state", []byte(state)))
	defer srv.Close()
	b := open(t, srv.URL)
	b.until("document.getElementById('status').textContent === 'Live'")

	// People and groups.
	rows := eval[[]string](b, "[...document.querySelectorAll('#members tbody tr')].map(r => [...r.cells].map(c => c.textContent).join('|'))")
	find := func(part string) string {
		for _, row := range rows {
			if strings.Contains(row, part) {
				return row
			}
		}
		t.Errorf("no row has %q: %q", part, rows)
		return ""
	}
	if row := find("ada@example.com"); !strings.Contains(row, "org:admin") || !strings.Contains(row, "moderator") || !strings.Contains(row, "ROLE_MANAGER") {
		t.Errorf("Ada's row is %q", row)
	}
	find("<script>document.title='run'</script>")
	find(`"><img src=x onerror=document.title='run'>`)
	if heads := eval[[]string](b, "[...document.querySelectorAll('#members thead th')].map(c => c.textContent)"); !slices.Contains(heads, "<svg onload=document.title='run'> 2") {
		t.Errorf("heads %q", heads)
	}

	// Live requests, with the reason of a refusal and without the credential.
	send(t, "GET", srv.URL+"/v1/rooms/none?access_token=topsecret", "")
	b.until("document.querySelector('#requests tbody').textContent.includes('GET /v1/rooms/none?access_token=redacted')")
	b.until("document.querySelector('#requests tbody').textContent.includes('Could not find a room')")
	send(t, "GET", srv.URL+"/v1/<img%20src=x%20onerror=document.title='run'>", "")
	b.until("document.querySelector('#requests tbody').textContent.includes('onerror')")

	// A change appears in the table, and a delivery with its signature and answer.
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer target.Close()
	send(t, "PUT", srv.URL+"/_emulator/deliveries", `{"clerk":{"url":"`+target.URL+`/clerk","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}`)
	if status := send(t, "POST", srv.URL+"/v1/organizations", `{"name":"Made <b>now</b>"}`); status != 200 {
		t.Fatalf("status %d", status)
	}
	b.until("document.querySelector('#members thead').textContent.includes('Made <b>now</b>')")
	b.until("/Svix-Signature: v1,.*/.test(document.querySelector('#deliveries tbody').textContent)")
	b.until("document.querySelector('#deliveries tbody').textContent.includes('204')")

	// A fault is switched on and off by keyboard alone.
	b.run(chromedp.Focus("#fault select[name=kind]"), chromedp.KeyEvent("5"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(" "), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	b.until("document.querySelectorAll('#faults li').length === 1")
	if status := send(t, "GET", srv.URL+"/v1/rooms", ""); status != 500 {
		t.Errorf("the fault is not on: %d, %s", status, eval[string](b, "document.getElementById('faults').textContent"))
	}
	b.until("document.getElementById('faults').textContent.includes('1 matched')")
	b.until("document.querySelector('#requests tbody').textContent.includes('fault: status 500')")

	// Focus is visible.
	b.run(chromedp.Focus("#faults button"))
	b.run(chromedp.KeyEvent(kb.Enter))
	b.until("document.querySelectorAll('#faults li').length === 0")
	eval[int](b, "(document.activeElement.blur(), 1)")
	b.run(chromedp.KeyEvent(kb.Tab))
	if width := eval[string](b, "getComputedStyle(document.activeElement).outlineWidth"); width != "3px" {
		t.Errorf("the focus of %s has an outline of %s", eval[string](b, "document.activeElement.outerHTML"), width)
	}

	// The clock, and the state of the start.
	b.run(chromedp.SetValue("#clock select", "720h"), chromedp.Click("#clock button"))
	b.until("document.getElementById('now').textContent.includes('720h0m0s ahead')")
	b.run(chromedp.Click("#reset button"))
	b.until("!document.getElementById('now').textContent.includes('ahead')")
	b.until("!document.querySelector('#members thead').textContent.includes('Made')")

	if title := eval[string](b, "document.title"); title != "memberships emulator" {
		t.Errorf("a name has run: the title is %q", title)
	}
	if n := eval[int](b, "document.querySelectorAll('img, svg, table script, iframe').length"); n != 0 {
		t.Errorf("names have made %d elements", n)
	}
	// Inline scripts, and requests elsewhere, are what the policy refuses.
	eval[int](b, "(() => { const s = document.createElement('script'); s.textContent = \"document.title='run'\"; document.body.append(s); return 1; })()")
	if title := eval[string](b, "document.title"); title != "memberships emulator" {
		t.Error("the policy lets an inline script run")
	}
}

// The page follows the colours that the reader prefers, with enough contrast.
func TestPageInTheDark(t *testing.T) {
	srv := emulator.NewServer(emulator.WithState("state", []byte(state)))
	defer srv.Close()
	b := open(t, srv.URL)
	colours := func(mode string) [2]string {
		params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: mode}}}
		if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, params); err != nil {
			t.Fatal(err)
		}
		return [2]string{
			eval[string](b, "getComputedStyle(document.body).backgroundColor"), eval[string](b, "getComputedStyle(document.body).color"),
		}
	}
	if light := colours("light"); light != [2]string{"rgb(255, 255, 255)", "rgb(27, 31, 36)"} {
		t.Errorf("light: %q", light)
	}
	if dark := colours("dark"); dark != [2]string{"rgb(20, 23, 27)", "rgb(230, 233, 237)"} {
		t.Errorf("dark: %q", dark)
	}
	if faults := b.console.all(); len(faults) > 0 {
		t.Errorf("the console has %q", faults)
	}
}

// TestScreenshot takes the picture of the docs, if SCREENSHOT names a file.
func TestScreenshot(t *testing.T) {
	srv := emulator.NewServer(emulator.WithState("state", []byte(`
people:
  - {name: Ada Lovelace, email: ada@example.com}
  - {name: Grace Hopper, email: grace@example.com}
  - {name: Alan Turing, email: alan@example.com}
  - {name: "<script>alert(1)</script>", email: eve@example.com}
groups:
  - {name: Demo, members: [{email: ada@example.com, role: owner}, {email: grace@example.com, role: manager}, {email: eve@example.com}], count: 20}
  - {name: Newcomers, in: [box, googlechat, pubnub], members: [{email: ada@example.com, role: owner}, {email: alan@example.com, state: invited}]}
`)))
	defer srv.Close()
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer target.Close()
	send(t, "PUT", srv.URL+"/_emulator/deliveries", `{"clerk":{"url":"`+target.URL+`/clerk","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}`)
	send(t, "POST", srv.URL+"/v1/organizations", `{"name":"Analysts"}`)
	send(t, "GET", srv.URL+"/v1/rooms/none?access_token=topsecret", "")
	send(t, "POST", srv.URL+"/_emulator/faults", `{"provider":"box","status":429,"retry_after":2}`)
	send(t, "GET", srv.URL+"/2.0/groups", "")
	send(t, "GET", srv.URL+"/2.0/groups", "")
	send(t, "POST", srv.URL+"/_emulator/faults", `{"path":"/v1/rooms","apply":true,"drop":true}`)
	b := open(t, srv.URL)
	b.until("document.querySelector('#deliveries tbody').textContent.includes('204') && document.querySelectorAll('#faults li').length === 1")
	b.until("document.getElementById('now').textContent.includes('UTC')")
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil || len(picture) < 10_000 {
		t.Fatalf("a picture of %d bytes, %v", len(picture), err)
	}
	if path := os.Getenv("SCREENSHOT"); path != "" {
		if err := os.WriteFile(path, picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
