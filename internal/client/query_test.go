package client

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/endpoint"
)

// A filled queryTemplate equals url.Values.Encode of the same parameters.
func TestQueryTemplate(t *testing.T) {
	rests := []url.Values{
		nil,
		{"a": {"1"}},
		{"m": {"x y", "z"}},
		{"z": {"&="}},
		{"a": {"1"}, "b": {""}, "l": {"ä"}, "m": {"2"}, "p": {"3", "4"}, "z": {"5"}},
	}
	for _, names := range [][2]string{{"limit", "offset"}, {"offset", "limit"}, {"page token", "a&b"}} {
		for _, rest := range rests {
			for _, values := range [][2]string{{"", ""}, {"7", ""}, {"", "8"}, {"c/d=", "9"}} {
				want := url.Values{}
				for name, v := range rest {
					want[name] = v
				}
				for i, v := range values {
					if v != "" {
						want.Set(names[i], v)
					}
				}
				var params []endpoint.Param
				for name, v := range rest { // in no order
					for _, text := range v {
						params = append(params, endpoint.Param{Name: name, Value: text})
					}
				}
				o := newQueryTemplate(params, names[0], names[1])
				if diff := cmp.Diff(want.Encode(), o.fill(values[0], values[1])); diff != "" {
					t.Errorf("%v with %v=%v: (-want +got)\n%s", rest, names, values, diff)
				}
			}
		}
	}
}
