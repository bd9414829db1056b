package pubnub

import (
	"net/http"
	"testing"

	"github.com/memberships-go/memberships/option"
)

// BenchmarkAuthorize measures the completion of one request.
func BenchmarkAuthorize(b *testing.B) {
	for name, opts := range map[string][]option.Option{"plain": nil, "signed": {WithSecretKey("secret")}} {
		b.Run(name, func(b *testing.B) {
			c, err := New(append([]option.Option{WithKeys("sub-c-demo", "pub-c-demo"), WithUserID("admin")}, opts...)...)
			if err != nil {
				b.Fatal(err)
			}
			cfg, err := c.Members.c.Config(nil)
			if err != nil {
				b.Fatal(err)
			}
			const page = "https://ps.pndsn.com/v2/objects/sub-c-demo/channels/general/uuids?count=1&include=custom%2Cstatus%2Ctype%2Cuuid&limit=100&start=MTAw"
			req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, page, http.NoBody)
			if err != nil {
				b.Fatal(err)
			}
			query := req.URL.RawQuery
			b.ReportAllocs()
			for b.Loop() {
				req.URL.RawQuery, req.URL.RawPath = query, ""
				if _, err := authorize(b.Context(), cfg, req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
