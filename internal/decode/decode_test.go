package decode

import (
	"strings"
	"testing"
	"time"

	"github.com/oapi-codegen/nullable"
)

type item struct {
	ID      string                             `json:"id"`
	N       int64                              `json:"n,omitempty,omitzero"`
	Created time.Time                          `json:"created"`
	Maybe   nullable.Nullable[map[string]bool] `json:"maybe,omitempty"`
}

func TestJSON(t *testing.T) {
	tests := []struct {
		name, body string
		want       string // "" is success
	}{
		{"good", `{"id":"a","n":7,"created":"2026-01-02T03:04:05.123456789-08:00"}`, ""},
		{"unknown names", `{"id":"a","new":{"deep":[1]}}`, ""},
		{"null for values", `{"id":null,"n":null,"created":null,"maybe":null}`, ""},
		{"white space", " \n{}\t", ""},
		{"empty", "", "empty"},
		{"blank", " \n", "empty"},
		{"html", "<!doctype html>", "HTML"},
		{"null", "null", "object or array"},
		{"cut", `{"id":"a"`, "not good JSON"},
		{"trailing", `{"id":"a"} x`, "not good JSON"},
		{"two documents", `{"id":"a"}{"id":"b"}`, "not good JSON"},
		{"name twice", `{"id":"a","id":"b"}`, "not good JSON"},
		{"unknown name twice", `{"x":1,"x":2}`, "not good JSON"},
		{"invalid UTF-8", "{\"id\":\"a\xff\"}", "not good JSON"},
		{"lone surrogate", `{"id":"a\ud800"}`, "not good JSON"},
		{"surrogate pair", `{"id":"a\ud83d\ude00"}`, ""},
		{"escaped name", `{"\u0069d":"a"}`, ""},
		{"wrong type", `{"id":{}}`, "the field /id"},
		{"number out of range", `{"n":9223372036854775808}`, "the field /n"},
		{"fraction", `{"n":1.5}`, "the field /n"},
		{"not a time", `{"created":"yesterday"}`, "the field /created"},
		{"deep", strings.Repeat("[", 2_000_000), "not good JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v item
			var deep []any
			var err error
			if tt.name == "deep" {
				err = JSON([]byte(tt.body), &deep)
			} else {
				err = JSON([]byte(tt.body), &v)
			}
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// Names match in their own case: "ID" is another field, and not this one.
func TestJSONNamesKeepTheirCase(t *testing.T) {
	var v item
	if err := JSON([]byte(`{"ID":"a"}`), &v); err != nil || v.ID != "" {
		t.Errorf("got %+v, %v", v, err)
	}
}

// An error says where, and never what: a body may hold a credential.
func TestJSONErrorsDoNotRepeatTheBody(t *testing.T) {
	for _, body := range []string{`{"id":{"canary":1}}`, `{"id":canary}`, `{"canary":"x","canary":"y"}`, `{"created":"canary"}`, `{"n":"canary"}`} {
		var v item
		if err := JSON([]byte(body), &v); err == nil || strings.Contains(strings.ReplaceAll(err.Error(), "/canary", ""), "canary") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"id":"a","n":7,"created":"2026-01-02T03:04:05Z","maybe":{"x":true}}`))
	f.Add([]byte(`{"id":"\ud800"}`))
	f.Add([]byte("{\"id\":\"\xff\"}"))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var v item
		if err := JSON(body, &v); err == nil && strings.ContainsRune(v.ID, '\uFFFD') && !strings.Contains(string(body), "\uFFFD") && !strings.Contains(strings.ToLower(string(body)), `\ufffd`) {
			t.Errorf("%q gave the id %q", body, v.ID)
		}
	})
}
