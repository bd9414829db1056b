package pubnub

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// Permissions are the bits of a token for one resource.
type Permissions uint64

// The permissions. Bits without a name are those of a later release.
const (
	PermissionRead Permissions = 1 << iota
	PermissionWrite
	PermissionManage
	PermissionDelete
	PermissionCreate
	PermissionGet
	PermissionUpdate
	PermissionJoin
)

var permissionNames = []string{"read", "write", "manage", "delete", "create", "get", "update", "join"}

// String returns the names of the permissions with commas between, such as "get, manage".
func (p Permissions) String() string {
	var names []string
	for i, name := range permissionNames {
		if p&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if p>>len(permissionNames) != 0 {
		names = append(names, "others")
	}
	return strings.Join(names, ", ")
}

// Resources are the permissions of a token by names, or by regular expressions of names.
type Resources struct {
	Channels, Groups, Users map[string]Permissions
}

// Token is the readable part of a token of the Access Manager. PubNub alone decides about a
// token: it may have been revoked, and the reading verifies no signature.
type Token struct {
	Issued time.Time
	// Expiry is the end of the token, the zero time if it is unknown.
	Expiry time.Time
	// UserID is the only user who may use the token, "" for any.
	UserID string
	// Names and Patterns are the granted permissions.
	Names, Patterns Resources
}

// content is the CBOR of a token.
type content struct {
	Version   int       `cbor:"v"`
	Issued    int64     `cbor:"t"`
	TTL       int64     `cbor:"ttl"` // in minutes
	Resources resources `cbor:"res"`
	Patterns  resources `cbor:"pat"`
	UUID      string    `cbor:"uuid"`
}

type resources struct {
	Channels map[string]uint64 `cbor:"chan"`
	Groups   map[string]uint64 `cbor:"grp"`
	Users    map[string]uint64 `cbor:"uuid"`
}

// Bounds of a token. Longer ones do not fit into a URL.
const (
	maxToken = 64 << 10
	maxNames = 16 << 10
	maxDepth = 8
	maxTTL   = 10 * 366 * 24 * 60
)

// maps have keys that are byte strings.
var decoding = mode(cbor.DecOptions{
	DupMapKey: cbor.DupMapKeyEnforcedAPF, MaxNestedLevels: maxDepth, MaxMapPairs: maxNames, MaxArrayElements: maxNames,
	ByteStringToString: cbor.ByteStringToStringAllowed, FieldNameByteString: cbor.FieldNameByteStringAllowed,
	TagsMd: cbor.TagsForbidden,
})

func mode(o cbor.DecOptions) cbor.DecMode {
	m, err := o.DecMode()
	if err != nil {
		panic(err) // constant options
	}
	return m
}

// ParseToken returns the readable part of a token. ok is false for a text that it cannot
// read, such as an auth key of version 2 or a later format, which PubNub may accept all the
// same. It sends nothing.
func ParseToken(token string) (t Token, ok bool) {
	if token == "" || len(token) > maxToken {
		return Token{}, false
	}
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(token), "="))
	if err != nil {
		return Token{}, false
	}
	var c content
	if err := decoding.Unmarshal(data, &c); err != nil || c.Version != 2 || c.Issued <= 0 || c.Issued > 1<<40 {
		return Token{}, false
	}
	t = Token{
		Issued: time.Unix(c.Issued, 0), UserID: c.UUID,
		Names: c.Resources.permissions(), Patterns: c.Patterns.permissions(),
	}
	if c.TTL > 0 && c.TTL <= maxTTL {
		t.Expiry = t.Issued.Add(time.Duration(c.TTL) * time.Minute)
	}
	return t, true
}

func (r resources) permissions() Resources {
	return Resources{permissions(r.Channels), permissions(r.Groups), permissions(r.Users)}
}

func permissions(bits map[string]uint64) map[string]Permissions {
	out := make(map[string]Permissions, len(bits))
	for name, p := range bits {
		out[name] = Permissions(p)
	}
	return out
}

// Grants returns the permissions of a token in lines such as "channel general: get, manage",
// in alphabetical order.
func (t Token) Grants() []string {
	var lines []string
	for _, part := range []struct {
		kind string
		all  map[string]Permissions
	}{
		{"channel ", t.Names.Channels}, {"channel group ", t.Names.Groups}, {"user ", t.Names.Users},
		{"channels matching ", t.Patterns.Channels}, {"channel groups matching ", t.Patterns.Groups}, {"users matching ", t.Patterns.Users},
	} {
		for name, p := range part.all {
			lines = append(lines, part.kind+name+": "+p.String())
		}
	}
	slices.Sort(lines)
	return lines
}
