package cassette_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/cassette"
	"github.com/memberships-go/memberships/cassette/cassettetest"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/specs"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// docs/recording.md shows these as files of their own, which scripts/readme writes.

// A test that replays testdata/cassettes/TestRooms.yaml.
func TestRooms(t *testing.T) {
	c := cassette.ForTest(t) // CASSETTE=record go test records
	client, err := webex.New(option.WithHTTPClient(c.Client()), option.WithToken(c.Env("WEBEX_ACCESS_TOKEN", "token")))
	if err != nil {
		t.Fatal(err)
	}
	for room, err := range client.Rooms.List(t.Context(), webex.ListRoomsParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		if room.Title == "" {
			t.Errorf("room %s has no title", room.ID)
		}
	}
}

// A test that holds a file to the provider's document.
func TestRoomsFitTheDocument(t *testing.T) {
	document, err := specs.FS.ReadFile("webex/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := cassettetest.Load(document)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Check(t.Context(), "testdata/cassettes/TestRooms.yaml"); err != nil {
		t.Error(err)
	}
}

// A program that records from an emulator, and replays.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "cassette")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	emu, err := emulator.New() // without it and WithTransport, the example records from Webex
	if err != nil {
		log.Fatal(err)
	}
	for _, mode := range []cassette.Mode{cassette.Record, cassette.Replay} {
		c, err := cassette.Open(filepath.Join(dir, "rooms.yaml"), mode, cassette.WithTransport(emu.Client().Transport))
		if err != nil {
			log.Fatal(err)
		}
		client, err := webex.New(option.WithHTTPClient(c.Client()), option.WithToken("any"))
		if err != nil {
			log.Fatal(err)
		}
		n := 0
		for _, err := range client.Rooms.List(context.Background(), webex.ListRoomsParams{}) {
			if err != nil {
				log.Fatal(err)
			}
			n++
		}
		if err := c.Close(); err != nil { // saves, or reports the unused recordings
			log.Fatal(err)
		}
		fmt.Println(mode, n, "rooms")
	}
	// Output:
	// record 4 rooms
	// replay 4 rooms
}

// A request that was not recorded is an error, and so is a recording that was not used.
func ExampleCassette_Close() {
	c, err := cassette.Open("testdata/cassettes/TestRooms.yaml", cassette.Replay)
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Client().Get("https://webexapis.com/v1/rooms?max=5")
	fmt.Println(err)
	fmt.Println()
	fmt.Println(c.Close())
	// Output:
	// Get "https://webexapis.com/v1/rooms?max=5": cassette: requested interaction not found in testdata/cassettes/TestRooms.yaml: GET https://webexapis.com/v1/rooms?max=5: the nearest recording, GET https://webexapis.com/v1/rooms?max=1000, differs: the parameter max is 5 and was 1000
	//
	// cassette: requested interaction not found in testdata/cassettes/TestRooms.yaml: GET https://webexapis.com/v1/rooms?max=5: the nearest recording, GET https://webexapis.com/v1/rooms?max=1000, differs: the parameter max is 5 and was 1000
	// cassette: testdata/cassettes/TestRooms.yaml: recording not used: 0, GET https://webexapis.com/v1/rooms?max=1000
}

// Several tests share a file, and may run alone.
func ExampleCassette_Part() {
	dir, err := os.MkdirTemp("", "cassette")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	emu, err := emulator.New()
	if err != nil {
		log.Fatal(err)
	}
	file := filepath.Join(dir, "parts.yaml")
	c, err := cassette.Open(file, cassette.Record, cassette.WithTransport(emu.Client().Transport))
	if err != nil {
		log.Fatal(err)
	}
	ask := func(part string) {
		client := &http.Client{Transport: c.Part(part, nil)}
		resp, err := client.Get("https://webexapis.com/v1/people/me")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(part, resp.StatusCode)
		if err := resp.Body.Close(); err != nil {
			log.Fatal(err)
		}
	}
	ask("first")
	ask("second")
	fmt.Println(c.Close())
	if c, err = cassette.Open(file, cassette.Replay); err != nil {
		log.Fatal(err)
	}
	ask("second")
	fmt.Println(c.Close())
	// Output:
	// first 401
	// second 401
	// <nil>
	// second 401
	// <nil>
}

// TestRoomsFile holds the file of TestRooms to the emulator that it was recorded from.
// MEMBERSHIPS_RECORD=emulator records it anew.
func TestRoomsFile(t *testing.T) {
	const stored = "testdata/cassettes/TestRooms.yaml"
	file := filepath.Join(t.TempDir(), "rooms.yaml")
	if os.Getenv("MEMBERSHIPS_RECORD") == "emulator" {
		file = stored
	}
	emu, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	c, err := cassette.Open(file, cassette.Record, cassette.WithTransport(emu.Client().Transport))
	if err != nil {
		t.Fatal(err)
	}
	client, err := webex.New(option.WithHTTPClient(c.Client()), option.WithToken("token"))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range client.Rooms.List(t.Context(), webex.ListRoomsParams{}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, name := range []string{stored, file} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(b))
	}
	if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
		t.Errorf("run MEMBERSHIPS_RECORD=emulator go test ./cassette (-stored +recorded):\n%s", diff)
	}
}
