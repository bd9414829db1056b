package emulator_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// lines is a writer that sends each line to a channel without blocking.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	select {
	case l <- string(p):
	default:
	}
	return len(p), nil
}

// A webhook whose target fails becomes inactive, and the log has a message.
func TestLoggerIsToldOfWebhooks(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	defer target.Close()
	log := make(lines, 100)
	e, err := emulator.New(emulator.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	c, err := webex.New(option.WithHTTPClient(e.Client()), option.WithToken("any"))
	if err != nil {
		t.Fatal(err)
	}
	hook, err := c.Webhooks.Create(t.Context(), webex.CreateWebhookRequest{Name: "n", TargetURL: target.URL, Resource: "memberships", Event: "created"})
	if err != nil {
		t.Fatal(err)
	}
	room, err := c.Rooms.Create(t.Context(), webex.CreateRoomRequest{Title: "Crowd"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		if _, err := c.Memberships.Create(t.Context(), webex.CreateMembershipRequest{RoomID: room.ID, PersonEmail: fmt.Sprintf("new-%d@example.com", i)}); err != nil {
			t.Fatal(err)
		}
	}
	want := fmt.Sprintf(`msg="a webhook is inactive: too many deliveries failed" provider=webex webhook=%s target=%s`, hook.ID, target.URL)
	if line := <-log; !strings.Contains(line, want) {
		t.Errorf("got %q, want %q", line, want)
	}
	if hook, err = c.Webhooks.Get(t.Context(), hook.ID); err != nil || hook.Status != "inactive" {
		t.Errorf("got %+v, %v", hook, err)
	}
}
