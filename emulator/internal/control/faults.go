package control

import (
	"errors"
	"net/http"
	"net/url"
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
	q, err := url.ParseQuery(r.URL.RawQuery)
	if ids := q["id"]; err != nil || len(ids) > 1 || len(q) > len(ids) {
		fail(w, http.StatusBadRequest, errors.New("the query may have one id and nothing else"))
		return
	}
	id := 0
	if q.Has("id") {
		if id, err = strconv.Atoi(q.Get("id")); err != nil || id < 1 {
			fail(w, http.StatusBadRequest, errors.New("id: expected the id of a fault"))
			return
		}
	}
	if !noFields(w, r) {
		return
	}
	if !h.emulator.RemoveFaults(id) {
		fail(w, http.StatusNotFound, errors.New("there is no fault with this id"))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
