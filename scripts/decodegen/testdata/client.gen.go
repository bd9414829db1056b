package things

import (
	"encoding/json"
	"time"

	"github.com/oapi-codegen/nullable"
)

type Empty = map[string]interface{}

type Error struct {
	Message string       `json:"message"`
	Details []ErrorExtra `json:"details,omitempty"`
}

type ErrorExtra = json.RawMessage

type Kind string

type Grade string

type Owner struct {
	ID    string          `json:"id"`
	Kind  Kind            `json:"kind"`
	Count *int64          `json:"count"`
	Extra json.RawMessage `json:"extra"`
	Home  *Place          `json:"home"`

	RawJSON json.RawMessage `json:"-"`
}

type Place struct {
	Name  string     `json:"name"`
	Since *time.Time `json:"since"`
}

type Reasons map[string]Reason

type Reason struct {
	Code int64 `json:"code"`
}

type Thing struct {
	ID      string                             `json:"id"`
	Kind    Kind                               `json:"kind,omitempty"`
	Open    bool                               `json:"open"`
	Since   time.Time                          `json:"since"`
	Owner   Owner                              `json:"owner"`
	Parts   []Reason                           `json:"parts"`
	Why     Reasons                            `json:"why"`
	Allowed nullable.Nullable[map[string]bool] `json:"allowed"`
	Tags    []string                           `json:"tags"`
	Emails  []string                           `json:"emails"`
	Grade   Grade                              `json:"grade"`
	Rights  nullable.Nullable[map[string]bool] `json:"rights"`
	Home    *Place                             `json:"home"`
	Master  *Owner                             `json:"master"`
	Reason  Reason                             `json:"reason"`

	RawJSON json.RawMessage `json:"-"`
}

type ThingPage struct {
	Data  []Thing `json:"data"`
	Total *int64  `json:"total"`
}

type Things []Thing

type Request struct {
	Bad chan int `json:"bad"`
}
