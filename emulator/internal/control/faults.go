package control

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

func (h *Handler) faults(w http.ResponseWriter, _ *http.Request) {
	httpapi.WriteJSON(w, http.StatusOK, map[string]any{"faults": h.emulator.Faults()})
}

func (h *Handler) addFault(w http.ResponseWriter, r *http.Request) {
	body, ok := read(w, r)
	if !ok {
		return
	}
	added, err := h.emulator.AddFault(body)
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	httpapi.WriteJSON(w, http.StatusCreated, added)
}

func (h *Handler) removeFaults(w http.ResponseWriter, r *http.Request) {
	id := 0
	if q := r.URL.Query(); q.Has("id") {
		var err error
		if id, err = strconv.Atoi(q.Get("id")); err != nil || id < 1 {
			fail(w, http.StatusBadRequest, errors.New("id: expected the id of a fault"))
			return
		}
	}
	if !h.emulator.RemoveFaults(id) {
		fail(w, http.StatusNotFound, errors.New("there is no fault with this id"))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
