package clerk_test

import (
	"encoding/json"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/clerk"
)

// After a lost response, the update counts as done if at every depth the keys of the
// request have their values, and keys with a null are absent.
func TestConfirmedMetadata(t *testing.T) {
	type tc struct {
		sent, now string
		done      bool
	}
	wrappertest.RunSynctest(t, map[string]tc{
		"nothing":                        {`{}`, `{"a":1}`, true},
		"a value":                        {`{"a":1}`, `{"a":1,"b":2}`, true},
		"another value":                  {`{"a":1}`, `{"a":2}`, false},
		"no value":                       {`{"a":1}`, `{"b":1}`, false},
		"no metadata":                    {`{"a":1}`, ``, false},
		"another type":                   {`{"a":"1"}`, `{"a":1}`, false},
		"a deleted key":                  {`{"a":null}`, `{"b":1}`, true},
		"a key that remains":             {`{"a":null}`, `{"a":1}`, false},
		"a key with null":                {`{"a":null}`, `{"a":null}`, false},
		"deep":                           {`{"a":{"b":{"c":true,"d":null}}}`, `{"a":{"b":{"c":true,"e":1},"f":2}}`, true},
		"deep, another value":            {`{"a":{"b":{"c":true}}}`, `{"a":{"b":{"c":false}}}`, false},
		"deep, a key that remains":       {`{"a":{"b":null}}`, `{"a":{"b":1}}`, false},
		"an object for a value":          {`{"a":{"b":1}}`, `{"a":1}`, false},
		"a value for an object":          {`{"a":1}`, `{"a":{"b":1}}`, false},
		"an empty object":                {`{"a":{}}`, `{"b":1}`, false},
		"an array":                       {`{"a":[1,{"b":null}]}`, `{"a":[1,{"b":null}]}`, true},
		"an array with more elements":    {`{"a":[1]}`, `{"a":[1,2]}`, false},
		"an array with more keys inside": {`{"a":[{"b":1}]}`, `{"a":[{"b":1,"c":2}]}`, false},
		"an array in another order":      {`{"a":[1,2]}`, `{"a":[2,1]}`, false},
		"a number in another spelling":   {`{"a":1.50,"b":1e3}`, `{"a":1.5,"b":1000}`, true},
		"large numbers":                  {`{"a":9007199254740993}`, `{"a":9007199254740993}`, true},
		"different large numbers":        {`{"a":9007199254740993}`, `{"a":9007199254740992}`, false},
		"a huge exponent":                {`{"a":1e999999999}`, `{"a":1e99999999}`, false},
		"text":                           {`{"a":"\u00e4"}`, `{"a":"ä"}`, true},
	}, func(t *testing.T, tt tc) {
		page := step{200, `{"data":[{"id":"m","role":"r","public_user_data":{"user_id":"u"}}],"total_count":1}`}
		if tt.now != "" {
			page.Body = `{"data":[{"id":"m","role":"r","public_metadata":{"x":1},"private_metadata":` + tt.now + `,"public_user_data":{"user_id":"u"}}],"total_count":1}`
		}
		c, asked := wrappertest.Scripted(t, clerk.New, step{503, ""}, page, step{200, `{"id":"m"}`})
		_, err := c.Memberships.UpdateMetadata(t.Context(), "o", "u", clerk.UpdateMembershipMetadataRequest{PrivateMetadata: json.RawMessage(tt.sent)})
		if done := len(*asked) == 2; err != nil || done != tt.done {
			t.Errorf("got %v after %v, want done %t", err, *asked, tt.done)
		}
	})
}
