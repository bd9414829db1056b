package decode_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/generated/clerk"
	"github.com/memberships-go/memberships/internal/decode"
)

// Failure reads valid fields of the body of a failed call, and converts nothing.
func TestFailure(t *testing.T) {
	tests := []struct {
		name, body string
		want       box.Error
	}{
		{"good", `{"code":"c","message":"m","status":409}`, box.Error{Code: "c", Message: "m", Status: 409}},
		{"unknown names", `{"extra":{"a":[1]},"code":"c"}`, box.Error{Code: "c"}},
		{"a number for text", `{"code":4,"message":"m"}`, box.Error{Message: "m"}},
		{"truth for text", `{"code":true,"message":"m"}`, box.Error{Message: "m"}},
		{"text for a number", `{"status":"409","message":"m"}`, box.Error{Message: "m"}},
		{"a float for a number", `{"status":409.0,"message":"m"}`, box.Error{Message: "m"}},
		{"text for an object", `{"context_info":"x","message":"m"}`, box.Error{Message: "m"}},
		{"text for a list", `{"context_info":{"errors":"x"},"message":"m"}`, box.Error{Message: "m"}},
		{"text in a list", `{"context_info":{"errors":["x",{"name":"n"}]}}`, box.Error{ContextInfo: box.ErrorContext{Errors: []box.ErrorCause{{}, {Name: "n"}}}}},
		{"null", `{"code":null,"message":"m"}`, box.Error{Message: "m"}},
		{"a name that comes twice", `{"code":"c","message":"m","code":"d"}`, box.Error{Code: "c", Message: "m"}},
		{"half a surrogate pair", `{"code":"c","message":"cut \ud83d"}`, box.Error{Code: "c", Message: "cut \uFFFD"}},
		{"half a pair in an unknown name", `{"extra":["\ud83d"],"other":{"x":{"y":"\ud83d"}},"code":"c"}`, box.Error{Code: "c"}},
		{"Latin-1", "{\"code\":\"c\",\"message\":\"caf\xe9\",\"extra\":\"\xe9\"}", box.Error{Code: "c", Message: "caf\uFFFD"}},
		{"an escape that is none", `{"code":"c","message":"\x"}`, box.Error{}},
		{"cut", `{"code":"c","message":"m`, box.Error{}},
		{"more behind it", `{"code":"c"}{}`, box.Error{}},
		{"an array", `[{"code":"c"}]`, box.Error{}},
		{"text", `"c"`, box.Error{}},
		{"HTML", `<html>`, box.Error{}},
		{"white space", " \n", box.Error{}},
		{"empty", "", box.Error{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, decode.Failure[box.Error]([]byte(tt.body))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A Reader is strict again after Failure.
func TestFailureEnds(t *testing.T) {
	_ = decode.Failure[clerk.Error]([]byte(`{"errors":[{"code":7}]}`))
	if err := decode.JSON([]byte(`{"code":"a","code":"b"}`), new(box.Error), false); err == nil {
		t.Error("a name that comes twice passed")
	}
	v := new(box.User)
	if err := decode.JSON([]byte(`{"id":"1","name":7}`), v, false); err != nil || v.Name != "7" {
		t.Errorf("got %+v, %v; want the name 7", v, err)
	}
}
