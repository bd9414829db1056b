package control

import (
	"net/http"
	"strings"

	"github.com/memberships-go/memberships/internal/yamldoc"
)

func (h *Handler) document(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, ".yaml") {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(h.yaml)
		return
	}
	b, err := h.json()
	if err != nil {
		fail(w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b)
}

// json returns the document as JSON, with its keys in their order.
func (h *Handler) json() ([]byte, error) {
	doc, mistakes := yamldoc.Parse("openapi.yaml", h.yaml, yamldoc.Options{MaxValues: 100_000})
	if len(mistakes) > 0 {
		return nil, mistakes[0]
	}
	return doc.MarshalJSON()
}
