package decode_test

import (
	"encoding/json"
	"testing"

	"github.com/memberships-go/memberships/internal/decode"
)

func BenchmarkPage(b *testing.B) {
	for _, p := range pages {
		body := p.render(p.size)
		for _, with := range []struct {
			name string
			read func([]byte, decode.Value) error
		}{
			{"ours", func(body []byte, v decode.Value) error { return decode.JSON(body, v, false) }},
			{"raw", func(body []byte, v decode.Value) error { return decode.JSON(body, v, true) }},
			{"std", func(body []byte, v decode.Value) error { return json.Unmarshal(body, v) }},
		} {
			b.Run(p.provider+"/"+with.name, func(b *testing.B) {
				b.SetBytes(int64(len(body)))
				b.ReportAllocs()
				for b.Loop() {
					if err := with.read(body, p.into()); err != nil {
						b.Fatal(err)
					}
				}
				items := float64(b.N) * float64(p.size)
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/items, "ns/item")
				b.ReportMetric(float64(len(body))/float64(p.size), "B/item")
			})
		}
	}
}
