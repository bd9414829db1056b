package pubnub

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// keyset is the data of one subscribe key.
type keyset struct {
	key             string
	events          eventLog
	users, channels table[metadata]
	members         map[string]*table[membership] // by channel
}

// metadata is the metadata of a user or channel. A nil string is null.
type metadata struct {
	text    map[string]string
	custom  map[string]any
	updated time.Time
}

// membership is one user in one channel, stored once for both sides.
type membership struct {
	status, kind *string
	custom       map[string]any
	updated      time.Time
}

// keyset returns the keyset of a subscribe key. Every keyset starts with the seed data.
func (s *server) keyset(key string) *keyset {
	k := s.keysets[key]
	if k != nil {
		return k
	}
	k = &keyset{key: key, members: map[string]*table[membership]{}}
	s.keysets[key] = k
	k.users.Generate(s.seed.Generated(), func(i int) (string, metadata) {
		p := seed.Generated(i)
		return p.Key(), person(p)
	}, generated)
	ids := map[int64]string{}
	for _, p := range s.seed.People {
		id := p.Key()
		if _, taken := k.users.Get(id); taken {
			id = p.Mail
		}
		ids[p.N] = id
		k.users.Put(id, person(p))
	}
	for i, g := range s.seed.GroupsOf("pubnub") {
		id := g.IDs["pubnub"]
		if id == "" {
			id = g.Key
		}
		if id == "" { // a name without a Latin letter
			id = fmt.Sprintf("group-%d", i+1)
		}
		k.channels.Put(id, metadata{text: map[string]string{"name": g.Name}, updated: seed.Start})
		members := g.MembersIn("pubnub")
		t, first := &table[membership]{}, len(members)
		t.Generate(g.Count, func(i int) (string, membership) {
			return seed.Generated(i).Key(), membership{updated: seed.Joined(first + i)}
		}, generated)
		for i, m := range members {
			row := membership{updated: seed.Joined(i)}
			if m.Invited {
				row.status = httpapi.Ptr("pending")
			}
			if m.Role != seed.RoleMember {
				row.custom = map[string]any{"role": string(m.Role)}
			}
			t.Put(ids[m.Person.N], row)
		}
		k.members[id] = t
	}
	return k
}

func person(p seed.Person) metadata {
	return metadata{text: map[string]string{"name": p.Name(), "email": p.Mail}, updated: seed.Start}
}

// generated returns the index in a generated person's id.
func generated(id string) (int, bool) {
	i, ok := seed.GeneratedByMail(id + "@example.com")
	return i, ok && seed.Generated(i).Key() == id
}

// of returns the members of a channel, which may have no metadata.
func (k *keyset) of(channel string) *table[membership] {
	if t := k.members[channel]; t != nil {
		return t
	}
	return &table[membership]{}
}

// in returns the channels of a user.
func (k *keyset) in(user string) *table[membership] {
	t := &table[membership]{}
	for channel, members := range k.members {
		if m, ok := members.Get(user); ok {
			t.Put(channel, m)
		}
	}
	return t
}

// edit is one change of memberships, which have the same time.
type edit struct {
	*keyset
	now, updated time.Time
}

func (k *keyset) edit(now time.Time) edit { return edit{k, now, k.events.stamp(now)} }

// set stores a membership and publishes it. It does nothing if the content is unchanged.
func (e edit) set(user, channel string, m membership) {
	t := e.of(channel)
	e.members[channel] = t
	if old, ok := t.Get(user); ok && old.eTag() == m.eTag() {
		return
	}
	m.updated = e.updated.Truncate(time.Microsecond)
	t.Put(user, m)
	e.membershipSet(e.now, e.updated, user, channel, m)
}

// remove deletes a membership and publishes that. It does nothing if there is none.
func (e edit) remove(user, channel string) {
	t := e.of(channel)
	if _, ok := t.Get(user); ok {
		t.Delete(user)
		e.membershipDeleted(e.now, user, channel)
	}
}

// eTag returns a fingerprint of the content.
func (m membership) eTag() string {
	b, _ := json.Marshal([]any{m.custom, m.status, m.kind})
	sum := sha256.Sum256(b)
	sum[0] = 1
	return base64.RawStdEncoding.EncodeToString(sum[:11])
}

// field returns a field's value for filters and sort orders, nil for null.
func (m membership) field(name string) any {
	switch name {
	case "status":
		return deref(m.status)
	case "type":
		return deref(m.kind)
	case "custom":
		return m.custom
	}
	return m.updated
}

func deref(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

func (m metadata) eTag(id string) string {
	b, _ := json.Marshal([]any{id, m.text, m.custom})
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

func (m metadata) field(name string) any {
	switch name {
	case "updated":
		return m.updated
	case "custom":
		return m.custom
	}
	if v, ok := m.text[name]; ok {
		return v
	}
	return nil
}

// values is the generated type of custom values.
type values = nullable.Nullable[map[string]*any]

// object returns the stored form of custom values, nil for null and absent.
func object(v values) map[string]any {
	in, err := v.Get()
	if err != nil {
		return nil
	}
	out := make(map[string]any, len(in))
	for name, v := range in {
		out[name] = nil
		if v != nil {
			out[name] = *v
		}
	}
	return out
}

// merge returns m with the present fields of an input; null removes a field.
func (m metadata) merge(text map[string]nullable.Nullable[string], custom values) metadata {
	out := metadata{text: map[string]string{}, custom: m.custom, updated: m.updated}
	for name, v := range m.text {
		out.text[name] = v
	}
	for name, v := range text {
		if v.IsNull() {
			delete(out.text, name)
		} else if s, err := v.Get(); err == nil {
			out.text[name] = s
		}
	}
	if custom.IsSpecified() {
		out.custom = object(custom)
	}
	return out
}

// store creates or changes the metadata with an id. An unchanged result keeps its time.
func (s *server) store(t *table[metadata], what, id string, ifMatch *string, change func(metadata) metadata) (_ metadata, changed bool, _ error) {
	old, exists := t.Get(id)
	if ifMatch != nil && (!exists || *ifMatch != old.eTag(id)) {
		return old, false, &httpapi.Problem{
			Status: http.StatusPreconditionFailed,
			Detail: what + " to update has been modified after it was read.",
		}
	}
	m := change(old)
	if exists && reflect.DeepEqual(m.text, old.text) && reflect.DeepEqual(m.custom, old.custom) {
		return old, false, nil
	}
	m.updated = s.now()
	t.Put(id, m)
	return m, true, nil
}

// checkID returns an error for an id that is too long in bytes. The document's pattern
// counts characters.
func checkID(in, param, id string) error {
	if len(id) > 92 || !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
		return invalid(in, param, "must be 1 to 92 bytes of UTF-8")
	}
	return nil
}

// value returns the text of a nullable field, nil for null and absent.
func value(n nullable.Nullable[string]) *string {
	if v, err := n.Get(); err == nil {
		return &v
	}
	return nil
}
