package client

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
)

// scribbler is a transport that overwrites the memory of its bodies after their release.
type scribbler struct {
	say func(req *http.Request) (status int, body string)
	had [][]byte
}

func (s *scribbler) RoundTrip(req *http.Request) (*http.Response, error) {
	status, body := s.say(req)
	return &http.Response{
		StatusCode: status, Header: http.Header{}, ContentLength: int64(len(body)), Request: req,
		Body: io.NopCloser(&sharedBody{strings.NewReader(body), s}),
	}, nil
}

type sharedBody struct {
	r io.Reader
	s *scribbler
}

func (k *sharedBody) Read(p []byte) (int, error) {
	n, err := k.r.Read(p)
	k.s.had = append(k.s.had, p[:n])
	return n, err
}

func (s *scribbler) scribble() {
	for _, p := range s.had {
		copy(p, strings.Repeat("#", len(p)))
	}
}

// The values and errors of a call share no memory with the body, which is reused.
func TestResultsCopyTheBody(t *testing.T) {
	bodies := map[int]string{
		200: `{"id":"a plain id"}`,
		207: `{"id":"an id with \u0065scapes"}`,
		400: `{"id":"x","message":"an argument is wrong"}`,
		503: "<html>the gateway</html>",
		299: `{"id":"cut`,
	}
	s := &scribbler{}
	c, err := New(echoing, []option.Option{option.WithToken("canary"), option.WithAttempts(1), option.WithHTTPClient(&http.Client{Transport: s})})
	if err != nil {
		t.Fatal(err)
	}
	got, want := map[string]string{}, map[string]string{}
	note := func(into map[string]string, status int, v *thing, err error) {
		if err == nil {
			into[fmt.Sprint(status, " id")] = v.ID
			return
		}
		var e *memberships.Error
		if !errors.As(err, &e) {
			t.Fatalf("status %d: %v", status, err)
		}
		for what, text := range map[string]string{"text": e.Error(), "code": e.Code, "message": e.Message, "request": e.RequestID, "body": string(e.Body)} {
			into[fmt.Sprint(status, " ", what)] = text
		}
	}
	type result struct {
		v   *thing
		err error
	}
	results := map[int]result{}
	for status, body := range bodies {
		s.say = func(*http.Request) (int, string) { return status, body }
		v, err := getThing(t.Context(), c)
		note(want, status, v, err)
		results[status] = result{v, err}
	}
	s.scribble()
	for status, r := range results {
		note(got, status, r.v, r.err)
	}
	if diff := cmp.Diff(want, got); diff != "" || strings.Contains(fmt.Sprint(got), "#") {
		t.Errorf("the result changes with the body's memory (-before +after)\n%s", diff)
	}
	if len(s.had) < len(bodies) || want["400 body"] != bodies[400] {
		t.Errorf("the test tests nothing: %v", want)
	}
}

// The items of a listing share no memory with the body.
func TestItemsCopyTheBody(t *testing.T) {
	s := &scribbler{}
	s.say = func(req *http.Request) (int, string) {
		s.scribble() // the pages before
		cursor := req.URL.Query().Get("cursor")
		return 200, map[string]string{
			"":   `{"items":[{"id":"a"},{"id":"b\u00e9"}],"next":"c2"}`,
			"c2": `{"items":[{"id":"c"}],"next":"c3"}`,
			"c3": `{"items":[{"id":"d"},{"id":"e"}]}`,
		}[cursor]
	}
	var items []*thing
	for v, err := range cursorList(t, s, option.WithoutPrefetch()).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, v)
	}
	s.scribble()
	got := ""
	for _, v := range items {
		got += v.ID + " "
	}
	if got != "a bé c d e " {
		t.Errorf("got %s", got)
	}
}

// Pages are read into the memory of earlier pages, with and without an announced length.
func TestPagesAreReadIntoTheSameMemory(t *testing.T) {
	const pages, size = 400, 256 << 10
	padding := strings.Repeat(" ", size)
	for _, length := range []int64{-1, size} {
		read := 0
		list := cursorList(t, rt(func(*http.Request) (*http.Response, error) {
			read++
			body := fmt.Sprintf(`{"items":[{"id":"i%d"}],"next":"c%d"}`, read, read)
			if read%pages == 0 {
				body = `{"items":[]}`
			}
			return &http.Response{
				StatusCode: 200, Header: http.Header{}, ContentLength: length,
				Body: io.NopCloser(io.MultiReader(strings.NewReader(body), strings.NewReader(padding[len(body):]))),
			}, nil
		}))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := drain(list.All(t.Context()), nil); err != nil || read != pages {
			t.Fatalf("%d pages: %v", read, err)
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > pages*size/2 {
			t.Errorf("length %d: %d bytes were allocated for %d bytes of pages", length, took, pages*size)
		}
	}
}
