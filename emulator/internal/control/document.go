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
	b, err := yamldoc.JSON("openapi.yaml", h.yaml)
	if err != nil {
		fail(w, http.StatusInternalServerError, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b)
}
