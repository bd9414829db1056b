package googlechat_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/events"
	chatevents "github.com/memberships-go/memberships/events/googlechat"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// The function renews a subscription when Google reminds of its end.
func ExampleDeliveries() {
	client, err := googlechat.New(option.WithToken("token"))
	if err != nil {
		log.Fatal(err)
	}
	handle := func(ctx context.Context, e memberships.Event) error {
		w, _ := memberships.NativeEvent[*googlechat.WorkspaceEvent](e)
		switch {
		case e.Type.Changes():
			log.Printf("%s: %s %s in %s", e.Provider, e.Type, e.Membership.Member, e.Membership.Group)
		case e.NativeType == googlechat.TypeSubscriptionExpirationReminder:
			longest := googlechat.UpdateSubscriptionRequest{TTL: googlechat.LongestTTL}
			_, err := client.Subscriptions.Update(ctx, w.Subscription.Name, longest, googlechat.UpdateSubscriptionParams{})
			return err
		}
		return nil
	}
	h, err := events.Handler(handle, []memberships.Deliveries{
		chatevents.Deliveries("https://hooks.example.com/googlechat", "push@my-project.iam.gserviceaccount.com"),
	})
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/googlechat", h)
}

// The test sends one event twice, with the token of a Signer.
func ExampleSigner() {
	const audience, account = "https://hooks.example.com/googlechat", "push@my-project.iam.gserviceaccount.com"
	signer, err := chatevents.NewSigner()
	if err != nil {
		log.Fatal(err)
	}
	handle := func(_ context.Context, e memberships.Event) error {
		fmt.Println(e.Type, e.Membership.Member.Email, e.Membership.Role)
		return nil
	}
	deliveries := chatevents.Deliveries(audience, account, chatevents.WithHTTPClient(signer.Client()))
	h, err := events.Handler(handle, []memberships.Deliveries{deliveries})
	if err != nil {
		log.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"message": map[string]any{
		"attributes": map[string]string{"ce-id": "spaces/A/spaceEvents/E", "ce-type": googlechat.TypeMembershipCreated},
		"data":       []byte(`{"membership":{"name":"spaces/A/members/1","state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/1","email":"ada@example.com","type":"HUMAN"}}}`),
	}})
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/googlechat", strings.NewReader(string(body)))
		r.Header = signer.SignPush(audience, account, time.Now())
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	// Output:
	// created ada@example.com member
	// 204
	// 204
}
