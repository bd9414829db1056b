package webex

import (
	"context"
	"errors"
	"iter"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/webex"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/option"
)

// Webhook is a subscription that Webex delivers to a URL.
// Its fields are in [github.com/memberships-go/memberships/generated/webex.Webhook].
type Webhook = gen.Webhook

// ListWebhooksParams says whose webhooks to list.
// Its fields are in [github.com/memberships-go/memberships/generated/webex.ListWebhooksParams].
type ListWebhooksParams = gen.ListWebhooksParams

// CreateWebhookRequest describes the webhook to make.
// Its fields are in [github.com/memberships-go/memberships/generated/webex.CreateWebhookRequest].
type CreateWebhookRequest = gen.CreateWebhookRequest

// UpdateWebhookRequest holds a webhook's new values; Name and TargetURL are required.
// Its fields are in [github.com/memberships-go/memberships/generated/webex.UpdateWebhookRequest].
type UpdateWebhookRequest = gen.UpdateWebhookRequest

// The resources and events of a webhook.
const (
	ResourceAll         = gen.WebhookResourceAll
	ResourceMemberships = gen.WebhookResourceMemberships
	ResourceRooms       = gen.WebhookResourceRooms
	EventAll            = gen.WebhookEventAll
	EventCreated        = gen.WebhookEventCreated
	EventUpdated        = gen.WebhookEventUpdated
	EventDeleted        = gen.WebhookEventDeleted
)

// WebhooksService reads and changes webhooks.
type WebhooksService struct{ c *client.Client }

func webhookKey(w *Webhook) string { return w.ID }

// List yields the caller's webhooks, or the organization's. Webex: GET /webhooks.
func (s *WebhooksService) List(ctx context.Context, p ListWebhooksParams, opts ...option.Option) iter.Seq2[*Webhook, error] {
	return listWebhooks(s, p, opts).All(ctx)
}

// ListPage returns one page of List. An empty token is the first page; a page's Next
// is the token of the following one.
func (s *WebhooksService) ListPage(ctx context.Context, p ListWebhooksParams, token string, opts ...option.Option) (*memberships.Page[*Webhook], error) {
	return listWebhooks(s, p, opts).Page(ctx, token)
}

func listWebhooks(s *WebhooksService, p ListWebhooksParams, opts []option.Option) *paging.List[Webhook] {
	return client.List(s.c, listing(client.Call{
		Name:     "Webhooks.List",
		Endpoint: gen.ListWebhooks(p),
		Opts:     opts,
	}, func(page *gen.WebhookPage) []Webhook { return page.Items }, webhookKey))
}

// Create makes a webhook and returns it. Webex: POST /webhooks.
func (s *WebhooksService) Create(ctx context.Context, r CreateWebhookRequest, opts ...option.Option) (*Webhook, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Webhooks.Create",
		Check:    func() error { return checkWebhook(r.Name, r.TargetURL) },
		Endpoint: gen.CreateWebhook(r),
		Opts:     opts,
	}, webhookKey)
}

// Get returns one webhook. Webex: GET /webhooks/{webhookId}.
func (s *WebhooksService) Get(ctx context.Context, webhookID string, opts ...option.Option) (*Webhook, error) {
	return client.One(ctx, s.c, client.Call{
		Name:     "Webhooks.Get",
		Endpoint: gen.GetWebhook(webhookID),
		Opts:     opts,
	}, webhookKey)
}

// Update changes a webhook's name, target and secret, or re-activates it, and returns it.
// A repeat can undo another caller's change: see [option.WithoutRepeat].
// Webex: PUT /webhooks/{webhookId}.
func (s *WebhooksService) Update(ctx context.Context, webhookID string, r UpdateWebhookRequest, opts ...option.Option) (*Webhook, error) {
	return client.Write(ctx, s.c, client.Call{
		Name:     "Webhooks.Update",
		Check:    func() error { return checkWebhook(r.Name, r.TargetURL) },
		Endpoint: gen.UpdateWebhook(webhookID, r),
		Opts:     opts,
	}, webhookKey, func(ctx context.Context) (*Webhook, bool, error) {
		// The secret cannot be compared: not every answer repeats it.
		w, err := s.Get(ctx, webhookID, opts...)
		return w, err == nil && r.Secret == "" && w.Name == r.Name && w.TargetURL == r.TargetURL &&
			(r.Status == "" || string(w.Status) == string(r.Status)), err
	})
}

// Delete deletes a webhook. Webex: DELETE /webhooks/{webhookId}.
func (s *WebhooksService) Delete(ctx context.Context, webhookID string, opts ...option.Option) error {
	return client.Remove(ctx, s.c, client.Call{
		Name:     "Webhooks.Delete",
		Endpoint: gen.DeleteWebhook(webhookID),
		Opts:     opts,
	}, func(ctx context.Context) (bool, error) {
		return client.Gone(s.Get(ctx, webhookID, opts...))
	})
}

func checkWebhook(name, targetURL string) error {
	switch {
	case name == "":
		return errors.New("Name is empty")
	case targetURL == "":
		return errors.New("TargetURL is empty")
	}
	return nil
}
