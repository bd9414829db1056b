package webex_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// List lists the members of the first room. It fetches a page when the loop reaches it.
func Example() {
	srv := emulator.NewServer() // instead of the real provider
	defer srv.Close()
	ctx := context.Background()

	client, err := webex.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	for room, err := range client.Rooms.List(ctx, webex.ListRoomsParams{}) {
		if err != nil {
			log.Fatal(err)
		}
		for m, err := range client.Memberships.List(ctx, webex.ListMembershipsParams{RoomID: &room.ID}) {
			if err != nil {
				log.Fatal(err) // the list is incomplete
			}
			if m.IsModerator {
				fmt.Println(room.Title, "is moderated by", m.PersonDisplayName)
			}
		}
		break
	}
	// Output:
	// Demo is moderated by Ada Lovelace
	// Demo is moderated by Grace Hopper
}

// Create of an existing membership returns ErrAlreadyExists.
func ExampleMembershipsService_Create() {
	srv := emulator.NewServer()
	defer srv.Close()
	ctx := context.Background()
	client, err := webex.New(option.WithBaseURL(srv.URL), option.WithToken("any"))
	if err != nil {
		log.Fatal(err)
	}
	room, err := client.Rooms.Create(ctx, webex.CreateRoomRequest{Title: "Book club"})
	if err != nil {
		log.Fatal(err)
	}
	add := webex.CreateMembershipRequest{RoomID: room.ID, PersonEmail: "grace@example.com"}
	m, err := client.Memberships.Create(ctx, add)
	fmt.Println(m.PersonDisplayName, err)
	_, err = client.Memberships.Create(ctx, add)
	var e *memberships.Error
	fmt.Println(errors.Is(err, memberships.ErrAlreadyExists), errors.As(err, &e) && e.StatusCode == 409)
	// Output:
	// Grace Hopper <nil>
	// true true
}

// GeneralRoomID returns the room through which a compliance officer manages a team.
func ExampleGeneralRoomID() {
	room, err := webex.GeneralRoomID("Y2lzY29zcGFyazovL3VzL1RFQU0vYjQ5ODhmODAtN2QzMS0xMWVkLTk4Y2MtNWY5MTFhZWU1OTA0")
	fmt.Println(room, err)
	// Output:
	// Y2lzY29zcGFyazovL3VzL1JPT00vYjQ5ODhmODAtN2QzMS0xMWVkLTk4Y2MtNWY5MTFhZWU1OTA0 <nil>
}

// RawJSON has fields that are newer than this release, with WithRawJSON.
func ExampleMembershipsService_Get_rawJSON() {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"id":"m1","personEmail":"ada@example.com","pronouns":"she/her"}`)
	}))
	defer srv.Close()
	client, err := webex.New(option.WithBaseURL(srv.URL), option.WithToken("any"), option.WithRawJSON())
	if err != nil {
		log.Fatal(err)
	}
	m, err := client.Memberships.Get(context.Background(), "m1")
	if err != nil {
		log.Fatal(err)
	}
	var more struct{ Pronouns string }
	if err := json.Unmarshal(m.RawJSON, &more); err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.PersonEmail, more.Pronouns)
	// Output: ada@example.com she/her
}
