package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/emulator"
)

// The URLs of targets and deliveries are shown without the credentials in them.
func TestDeliveriesHideCredentials(t *testing.T) {
	arrived := make(chan string, 10)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { arrived <- r.URL.RawQuery }))
	defer srv.Close()
	e := emulator.NewServer()
	defer e.Close()
	url := strings.Replace(srv.URL, "http://", "http://me:topsecret1@", 1) + "/googlechat?a=b&token=topsecret2"
	if status, body := steer(e.Emulator, "PUT", "/_emulator/deliveries", `{"googlechat":{"url":"`+url+`"}}`); status != 200 || strings.Contains(body, "topsecret") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := answer(e.Emulator, "POST", "/v1/spaces", `{"spaceType":"SPACE","displayName":"New"}`); status != 200 {
		t.Fatal(status, body)
	}
	if query := <-arrived; query != "a=b&token=topsecret2" {
		t.Errorf("the query is %s", query)
	}
	for i := 0; ; i++ {
		_, body := steer(e.Emulator, "GET", "/_emulator/deliveries", "")
		if strings.Contains(body, "topsecret") {
			t.Fatalf("got %s", body)
		}
		if strings.Count(body, `/googlechat?a=b\u0026token=redacted"`) > 1 {
			break
		}
		if i > 100_000 {
			t.Fatalf("got %s", body)
		}
	}
}

// The password of a Basic credential is hidden as well as its encoded form.
func TestRequestsHidePasswords(t *testing.T) {
	e, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "http://127.0.0.1/v1/rooms/topsecret", http.NoBody)
	r.SetBasicAuth("me", "topsecret")
	e.ServeHTTP(httptest.NewRecorder(), r)
	if got := e.Requests(); len(got) != 1 || got[0].Path != "/v1/rooms/redacted" {
		t.Errorf("got %+v", got)
	}
}
