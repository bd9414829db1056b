package webex_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/wrappers/webex"
)

func TestErrorBodies(t *testing.T) {
	tests := []struct {
		name, body, header   string
		code, message, reqID string
	}{
		{"full", `{"message":"Person is already in the room.","errors":[{"description":"Person is already in the room."}],"trackingId":"ROUTER_1"}`, "NA_2", "", "Person is already in the room.", "ROUTER_1"},
		{"tracking id in the header", `{"message":"No."}`, "NA_2", "", "No.", "NA_2"},
		{"description alone", `{"errors":[{"description":"No.","errorCode":400100}]}`, "NA_2", "400100", "No.", "NA_2"},
		{"gateway", `{"code":"RATE_LIMITED","message":"Slow down.","trackingId":"GTWY_3"}`, "", "RATE_LIMITED", "Slow down.", "GTWY_3"},
		{"error code at the top", `{"message":"No.","errorCode":7}`, "", "7", "No.", ""},
		{"line breaks", `{"message":"one\ntwo\u2028three"}`, "NA_2", "", "one two three", "NA_2"},
		{"empty", ``, "NA_2", "", "", "NA_2"},
		{"html", `<html>Bad gateway</html>`, "NA_2", "", "", "NA_2"},
		{"array", `[1]`, "NA_2", "", "", "NA_2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if tt.header != "" {
					w.Header().Set("trackingID", tt.header)
				}
				w.WriteHeader(http.StatusConflict)
				_, _ = w.Write([]byte(tt.body))
			})
			_, err := c.Memberships.Create(t.Context(), webex.CreateMembershipRequest{RoomID: "r", PersonID: "p"})
			var e *memberships.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			got := []string{e.Code, e.Message, e.RequestID}
			if diff := cmp.Diff([]string{tt.code, tt.message, tt.reqID}, got); diff != "" || e.Kind != memberships.ErrAlreadyExists {
				t.Errorf("kind %v (-want +got):\n%s", e.Kind, diff)
			}
		})
	}
}
