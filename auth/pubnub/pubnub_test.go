package pubnub_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/auth/pubnub"
)

func TestKeyset(t *testing.T) {
	good := pubnub.Keyset{SubscribeKey: "sub-c-1", PublishKey: "pub-c-1", SecretKey: "sec-c-canary", UserID: "admin"}
	c, err := good.Credential()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"subscribe_key": "sub-c-1", "publish_key": "pub-c-1", "secret_key": "sec-c-canary", "user_id": "admin"}
	if diff := cmp.Diff(want, c.Settings); diff != "" || c.Provider != "pubnub" || c.Method != pubnub.MethodKeyset || c.Account != "admin" || !c.Expiry.IsZero() {
		t.Errorf("got %v until %s with the settings (-want +got):\n%s", c, c.Expiry, diff)
	}
	if printed := fmt.Sprintf("%v %+v %#v", c, c, *c.Clone()); strings.Contains(printed, "canary") {
		t.Errorf("the key shows in %s", printed)
	}
	for want, change := range map[string]func(*pubnub.Keyset){
		"":                                   func(k *pubnub.Keyset) { k.SubscribeKey, k.PublishKey, k.SecretKey = "demo", "demo", "demo" },
		"pubnub: the subscribe key is empty": func(k *pubnub.Keyset) { k.SubscribeKey = "" },
		"pubnub: the subscribe key is a publish key":                                                       func(k *pubnub.Keyset) { k.SubscribeKey = "pub-c-canary" },
		"pubnub: the subscribe key is a secret key":                                                        func(k *pubnub.Keyset) { k.SubscribeKey = "sec-c-canary" },
		"pubnub: the publish key is a secret key":                                                          func(k *pubnub.Keyset) { k.PublishKey = "sec-c-canary" },
		"pubnub: the secret key is a subscribe key":                                                        func(k *pubnub.Keyset) { k.SecretKey = "sub-c-canary" },
		"pubnub: the secret key holds a character that keys do not have":                                   func(k *pubnub.Keyset) { k.SecretKey = "sec-c-can/ary" },
		"pubnub: the id of the calling user is empty":                                                      func(k *pubnub.Keyset) { k.UserID = " " },
		`pubnub: the token begins with "Bearer", which is no part of it: give what comes after that alone`: func(k *pubnub.Keyset) { k.Token = "Bearer canary" },
	} {
		k := good
		change(&k)
		if err := k.Check(); want == "" && err != nil || want != "" && fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if c, err := k.Credential(); (err == nil) != (want == "") || (c == nil) != (want != "") {
			t.Errorf("got %v, %v, want %s", c, err, want)
		}
	}
}

type entry = map[cbor.ByteString]any

// token returns a token of PubNub's form: CBOR with byte strings as names of fields.
func token(t testing.TB, change func(entry)) string {
	t.Helper()
	c := entry{
		"v": 2, "t": int64(1700000000), "ttl": 60, "uuid": "ada", "meta": entry{}, "sig": []byte("a signature of 32 bytes in length"),
		"res": entry{"chan": entry{"general": 32 | 4}, "grp": entry{"all": 1}, "uuid": entry{"ada": 64 | 32, "grace": 256}, "usr": entry{}, "spc": entry{}},
		"pat": entry{"chan": entry{"^team-.*$": 1 | 2}, "grp": entry{}, "uuid": entry{".*": 128 | 8 | 16}},
	}
	if change != nil {
		change(c)
	}
	b, err := cbor.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return base64.URLEncoding.EncodeToString(b)
}

func TestParseToken(t *testing.T) {
	got, ok := pubnub.ParseToken(token(t, nil))
	if begin := time.Unix(1700000000, 0); !ok || !got.Issued.Equal(begin) || !got.Expiry.Equal(begin.Add(time.Hour)) || got.UserID != "ada" {
		t.Errorf("got %+v, %t", got, ok)
	}
	want := []string{
		"channel general: manage, get", "channel group all: read", "channels matching ^team-.*$: read, write",
		"user ada: get, update", "user grace: others", "users matching .*: delete, create, join",
	}
	if diff := cmp.Diff(want, got.Grants()); diff != "" {
		t.Errorf("the grants (-want +got):\n%s", diff)
	}
	// A token in bytes: {"v": 2, "t": 1700000000, "ttl": 15}, with names that are byte strings.
	raw := base64.RawURLEncoding.EncodeToString([]byte("\xa3\x41v\x02\x41t\x1a\x65\x53\xf1\x00\x43ttl\x0f"))
	if got, ok := pubnub.ParseToken(raw); !ok || got.Expiry.Unix() != 1700000000+15*60 || len(got.Grants()) != 0 {
		t.Errorf("got %+v, %t", got, ok)
	}
	c, err := pubnub.Keyset{SubscribeKey: "sub-c-1", UserID: "ada", Token: token(t, nil)}.Credential()
	if err != nil || c.Expiry.Unix() != 1700003600 {
		t.Errorf("the credential ends at %s, %v", c.Expiry, err)
	}
}

// An unreadable token stays usable: its end is unknown.
func TestUnreadableTokens(t *testing.T) {
	deep := any("x")
	for range 20 {
		deep = []any{deep}
	}
	wide := entry{}
	for i := range 20000 {
		wide[cbor.ByteString(fmt.Sprint(i))] = 1
	}
	for name, text := range map[string]string{
		"nothing":           "",
		"an auth key":       "my-auth-key",
		"no CBOR":           "qEF2",
		"no base64":         "qEF2!",
		"another version":   token(t, func(e entry) { e["v"] = 3 }),
		"no time":           token(t, func(e entry) { delete(e, "t") }),
		"a text as a time":  token(t, func(e entry) { e["t"] = "now" }),
		"a negative time":   token(t, func(e entry) { e["t"] = -1 }),
		"a time far away":   token(t, func(e entry) { e["t"] = int64(1) << 60 }),
		"deep":              token(t, func(e entry) { e["meta"] = deep }),
		"wide":              token(t, func(e entry) { e["meta"] = wide }),
		"long":              token(t, func(e entry) { e["meta"] = strings.Repeat("x", 64<<10) }),
		"data behind it":    token(t, nil) + "AAAA",
		"a part":            token(t, nil)[:200],
		"text as a mapping": token(t, func(e entry) { e["res"] = "x" }),
	} {
		if got, ok := pubnub.ParseToken(text); ok {
			t.Errorf("%s: got %+v", name, got)
		}
		c, err := pubnub.Keyset{SubscribeKey: "sub-c-1", UserID: "ada", Token: text}.Credential()
		if err != nil || !c.Expiry.IsZero() || c.Settings["auth_token"] != text {
			t.Errorf("%s: got %v until %s, %v", name, c, c.Expiry, err)
		}
	}
	for name, minutes := range map[string]any{"none": 0, "a negative one": -5, "one too far": int64(1) << 50} {
		if got, ok := pubnub.ParseToken(token(t, func(e entry) { e["ttl"] = minutes })); !ok || !got.Expiry.IsZero() {
			t.Errorf("the lifetime is %s: got an end at %s, %t", name, got.Expiry, ok)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	for _, text := range []string{token(f, nil), "qEF2AkF0Gl-_kGhDdHRsGDw", "my-auth-key"} {
		b, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, ok := pubnub.ParseToken(base64.RawURLEncoding.EncodeToString(data))
		if ok && got.Issued.IsZero() || !ok && len(got.Grants()) > 0 || !got.Expiry.IsZero() && !got.Expiry.After(got.Issued) {
			t.Errorf("got %+v, %t", got, ok)
		}
	})
}
