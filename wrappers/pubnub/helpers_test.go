package pubnub_test

import (
	"io"
	"net/http"
	"strings"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func respond(req *http.Request, status int, h http.Header, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: h, Request: req, ContentLength: -1, Body: io.NopCloser(strings.NewReader(body))}
}
