package pubnub

import (
	"fmt"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/decode"
)

// FuzzEvents reads answers of a subscription: an event has an id and its raw message, and one
// that ends a membership names both of its sides.
func FuzzEvents(f *testing.F) {
	const data = `{"channel":{"id":"rockets"},"uuid":{"id":"ada"},"custom":{"role":"owner"},"status":"pending","updated":"2023-11-14T22:13:20.987654321Z"}`
	for _, payload := range []string{
		`{"source":"objects","version":"2.0","event":"set","type":"membership","data":` + data + `}`,
		`{"source":"objects","version":"2.0","event":"delete","type":"membership","data":` + data + `}`,
		`{"source":"objects","version":"2.0","event":"delete","type":"membership","data":{"uuid":{"id":1}}}`,
		`{"source":"objects","version":"2.0","event":"delete","type":"uuid","data":{"id":"ada"}}`,
		`{"source":"objects","version":"3.0","event":"set","type":"membership","data":[]}`,
		`"text"`,
	} {
		f.Add(fmt.Appendf(nil, `{"t":{"t":"17000000010000001","r":41},"m":[{"e":2,"p":{"t":"17000000010000000"},"c":"rockets","d":%s}]}`, payload))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var batch EventBatch
		if err := decode.JSON(body, &batch, true); err != nil {
			return
		}
		w := &watch{provider: &provider{role: rolePlace{custom: "role"}}, deletions: newDeletions(4)}
		for i := range batch.Messages {
			if !isEvent(&batch.Messages[i]) {
				continue
			}
			e := w.event(&batch.Messages[i])
			m := e.Membership
			switch {
			case e.ID == "" || e.Type == "" || len(e.Raw) == 0:
				t.Errorf("incomplete: %+v", e)
			case e.Type == memberships.EventDeleted && (m.Group.ID == "" || m.Member.ID == "" || m.State != memberships.StateAbsent || !e.NameOnly):
				t.Errorf("the end of too much: %+v", m)
			case e.Type.Changes() && !e.NameOnly && (m.Group.ID == "" || m.Member.ID == "" || m.Role == ""):
				t.Errorf("a membership without its parts: %+v", m)
			case !e.Type.Changes() && (m.Group.ID != "" || m.Member.ID != ""):
				t.Errorf("a membership in another event: %+v", e)
			}
		}
	})
}
