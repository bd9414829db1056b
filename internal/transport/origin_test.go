package transport

import (
	"net/url"
	"strings"
	"testing"
)

func TestSameOrigin(t *testing.T) {
	tests := []struct {
		name, a, b string
		same       bool
	}{
		{"alike", "https://h.example/a", "https://h.example/b?c", true},
		{"https with its port", "https://h.example:443/", "https://h.example/", true},
		{"http with its port", "http://h.example:80/", "http://h.example", true},
		{"an empty port", "https://h.example:/", "https://h.example", true},
		{"zeros before the port", "https://h.example:0443/", "https://h.example", true},
		{"upper case", "HTTPS://H.Example/", "https://h.example", true},
		{"a dot at the end", "https://h.example./", "https://h.example", true},
		{"a dot at the end and a port", "https://h.example.:443/", "https://h.example", true},
		{"Unicode and ASCII", "https://bücher.example/", "https://xn--bcher-kva.example", true},
		{"Unicode in upper case", "https://BÜCHER.example/", "https://bücher.example", true},
		{"percent-encoded", "https://b%C3%BCcher.example/", "https://xn--bcher-kva.example", true},
		{"an ideographic dot", "https://h\u3002example/", "https://h.example", true},
		{"letters of full width", "https://\uff48.example/", "https://h.example", true},
		{"a composed letter", "https://bu\u0308cher.example/", "https://bücher.example", true},
		{"an IPv6 address", "https://[2001:DB8:0::1]:443/", "https://[2001:db8::1]", true},
		{"an underscore", "https://A_b.example:443", "https://a_b.example", true},
		{"another host", "https://h.example", "https://i.example", false},
		{"a subdomain", "https://x.h.example", "https://h.example", false},
		{"another port", "https://h.example:8443", "https://h.example", false},
		{"the other scheme's port", "https://h.example:80", "https://h.example", false},
		{"another scheme", "http://h.example", "https://h.example", false},
		{"the same port by another scheme", "http://h.example:443", "https://h.example:443", false},
		{"two dots at the end", "https://h.example..", "https://h.example", false},
		{"a letter that looks alike", "https://h\u0435xample.example", "https://hexample.example", false},
		{"no host", "https://", "https://", false},
		{"another kind", "ftp://h.example", "ftp://h.example", false},
		{"port zero", "https://h.example:0", "https://h.example:0", false},
		{"a sharp s is not two", "https://straße.example", "https://strasse.example", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := mustParse(t, tt.a), mustParse(t, tt.b)
			if SameOrigin(a, b) != tt.same || SameOrigin(b, a) != tt.same {
				t.Errorf("%s and %s: got %v", tt.a, tt.b, !tt.same)
			}
		})
	}
}

func mustParse(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// SameOrigin is symmetric, and false for URLs that a client sends to different servers.
func FuzzSameOrigin(f *testing.F) {
	for _, s := range []string{"https://h.example", "https://H.EXAMPLE.:443", "http://h.example:80", "https://bücher.example", "https://xn--bcher-kva.example", "https://[::1]:443", "https://h.example@evil.example", "https://h\u3002example", "https://h_i.example", "https://127.0.0.1", "http://[::ffff:1.2.3.4]", "https://h..example", "https://xn--"} {
		f.Add(s, "https://h.example")
		f.Add("https://h.example:443/x", s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, err := url.Parse(a)
		if err != nil {
			return
		}
		y, err := url.Parse(b)
		if err != nil {
			return
		}
		same := SameOrigin(x, y)
		if same != SameOrigin(y, x) {
			t.Fatalf("%q and %q: one way only", a, b)
		}
		if o, ok := originOf(x); ok {
			if !SameOrigin(x, x) {
				t.Errorf("%q is not of its own origin", a)
			}
			again := &url.URL{Scheme: o.scheme, Host: o.host + ":" + o.port}
			if strings.Contains(o.host, ":") {
				again.Host = "[" + o.host + "]:" + o.port
			}
			if !SameOrigin(x, again) {
				t.Errorf("%q is not of the origin %s, which is its own spelling", a, again)
			}
		}
		if same && !strings.EqualFold(x.Scheme, y.Scheme) {
			t.Errorf("%q and %q have two schemes", a, b)
		}
	})
}
