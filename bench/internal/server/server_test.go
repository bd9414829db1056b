package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/bench/internal/server"
)

func get(t *testing.T, h http.Handler, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://bench.example"+path, nil))
	return w.Result()
}

// The fields of a page besides its members, and the end of the list.
func TestPages(t *testing.T) {
	tests := []struct {
		path string
		want map[string]any // without the members, and "members" for how many
		link string
	}{
		{"/v1/organizations/5-0/memberships?limit=2&offset=1", map[string]any{"members": 2.0, "total_count": 5.0}, ""},
		{"/v1/organizations/5-0/memberships?limit=2&offset=5", map[string]any{"members": 0.0, "total_count": 5.0}, ""},
		{"/v1/organizations/50-0/memberships", map[string]any{"members": 10.0, "total_count": 50.0}, ""},
		{"/v1/memberships?roomId=5-0&max=2", map[string]any{"members": 2.0}, `<http://bench.example/v1/memberships?cursor=2&max=2&roomId=5-0>; rel="next"`},
		{"/v1/memberships?roomId=5-0&max=2&cursor=4", map[string]any{"members": 1.0}, ""},
		{"/2.0/groups/5-0/memberships?limit=2&offset=2", map[string]any{"members": 2.0, "total_count": 5.0, "limit": 2.0, "offset": 2.0}, ""},
		{"/2.0/groups/10999-0/memberships?limit=1000&offset=10000", map[string]any{"members": 999.0, "total_count": 10999.0, "limit": 1000.0, "offset": 10000.0}, ""},
		{"/v2/objects/k/channels/5-0/uuids?limit=2", map[string]any{"members": 2.0, "status": 200.0, "next": "Mg"}, ""},
		{"/v2/objects/k/channels/5-0/uuids?limit=2&start=NA&count=1", map[string]any{"members": 1.0, "status": 200.0, "next": "NQ", "totalCount": 5.0}, ""},
		{"/v2/objects/k/channels/5-0/uuids?limit=2&start=NQ", map[string]any{"members": 0.0, "status": 200.0}, ""},
		{"/v1/spaces/5-0/members?pageSize=2", map[string]any{"members": 2.0, "nextPageToken": "CkYKRAoUCgkIABABGAEgASgBEgcIxPjU2"}, ""},
		{"/v1/spaces/5-0/members?pageSize=2&pageToken=CkYKRAoUCgkIABABGAEgASgBEgcIxPjU4", map[string]any{"members": 1.0}, ""},
	}
	h := server.New(0)
	for _, tt := range tests {
		resp := get(t, h, tt.path)
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK || resp.ContentLength != int64(len(body)) {
			t.Errorf("%s: %s, %d bytes of %d, %v", tt.path, resp.Status, len(body), resp.ContentLength, err)
			continue
		}
		var got map[string]any
		if err := json.Unmarshal(body, &got); err != nil {
			t.Errorf("%s: %v", tt.path, err)
			continue
		}
		for _, list := range []string{"data", "items", "entries", "memberships"} {
			if members, ok := got[list].([]any); ok {
				delete(got, list)
				got["members"] = float64(len(members))
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.path, diff)
		}
		if link := resp.Header.Get("Link"); link != tt.link {
			t.Errorf("%s: the link is %q, want %q", tt.path, link, tt.link)
		}
	}
}

// Pages of one and a half sizes show that positions are exact.
func TestPagesOverlap(t *testing.T) {
	h := server.New(0)
	members := func(path string) []string {
		var page struct{ Entries []struct{ ID string } }
		if err := json.NewDecoder(get(t, h, path).Body).Decode(&page); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, m := range page.Entries {
			ids = append(ids, m.ID)
		}
		return ids
	}
	whole := members("/2.0/groups/9-0/memberships?limit=9")
	if got := members("/2.0/groups/9-0/memberships?limit=4&offset=3"); !cmp.Equal(whole[3:7], got) {
		t.Errorf("members 3 to 7 are %q, want %q", got, whole[3:7])
	}
}

// A request that the provider would refuse or cut short is an error.
func TestRefusals(t *testing.T) {
	h := server.New(0)
	for _, path := range []string{
		"/v1/organizations/5-0/memberships?limit=501",
		"/v1/organizations/5-0/memberships?offset=-1",
		"/v1/organizations/everybody/memberships",
		"/v1/memberships",
		"/v1/memberships?roomId=5-0&max=1001",
		"/2.0/groups/5-0/memberships?limit=0",
		"/2.0/groups/50000-0/memberships?offset=10001",
		"/v2/objects/k/channels/5-0/uuids?limit=101",
		"/v2/objects/k/channels/5-0/uuids?start=%21",
		"/v1/spaces/5-0/members?pageToken=4",
	} {
		if resp := get(t, h, path); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s, want 400", path, resp.Status)
		}
	}
	if resp := get(t, h, "/v1/organizations/everybody"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("%s, want 404", resp.Status)
	}
	if resp := get(t, h, "/v1/people"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("%s, want 404", resp.Status)
	}
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		resp := get(t, server.New(50*time.Millisecond), "/v1/memberships?roomId=5-0")
		if took := time.Since(start); took != 50*time.Millisecond || resp.StatusCode != http.StatusOK {
			t.Errorf("%s after %v, want it after 50ms", resp.Status, took)
		}
		if strings.Contains(resp.Header.Get("Link"), "next") {
			t.Error("a page with all members names another")
		}
	})
}
