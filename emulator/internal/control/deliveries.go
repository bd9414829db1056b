package control

import (
	"fmt"
	"net/http"

	"github.com/memberships-go/memberships/emulator/internal/hide"
	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/outbox"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// deliveries is the body of GET deliveries. It has no secret: a page shows it.
type deliveries struct {
	Targets    map[string]target `json:"targets"`
	Deliveries []outbox.Record   `json:"deliveries"`
}

type target struct {
	URL    string   `json:"url"`
	Events []string `json:"events,omitempty"`
}

func (h *Handler) deliveries(w http.ResponseWriter, _ *http.Request) {
	out := deliveries{Targets: map[string]target{}, Deliveries: append([]outbox.Record{}, h.emulator.Deliveries()...)}
	for name, t := range h.emulator.Targets() {
		out.Targets[name] = target{hide.URL(t.URL), t.Events}
	}
	httpapi.WriteJSON(w, http.StatusOK, out)
}

func (h *Handler) setDeliveries(w http.ResponseWriter, r *http.Request) {
	var body map[string]seed.StateTarget
	if !decode(w, r, &body) {
		return
	}
	targets, field, err := seed.Targets(body)
	if err != nil {
		fail(w, http.StatusBadRequest, fmt.Errorf("%s: %w", field, err))
		return
	}
	h.emulator.SetTargets(targets)
	h.deliveries(w, r)
}
