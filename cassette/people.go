package cassette

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// address matches an e-mail address, also percent-encoded, and a JSON escape before it.
var address = regexp.MustCompile(`(\\+(?:u[0-9A-Fa-f]{4}|[bfnrt]))?([A-Za-z0-9._%+-]+(?:@|%(?:25)*40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)`)

// bare matches an address at the end of a decoded text.
var bare = regexp.MustCompile(`[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$`)

// pseudonym returns the address of example.com that replaces an address. Equal addresses
// have equal pseudonyms.
func pseudonym(address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return "person-" + hex.EncodeToString(sum[:4]) + "@example.com"
}

// addresses replaces every address outside of example.com by the result of change.
func addresses(v string, change func(address string) string) string {
	if !strings.ContainsAny(v, "@%") {
		return v
	}
	return address.ReplaceAllStringFunc(v, func(m string) string {
		parts := address.FindStringSubmatch(m)
		plain := decoded(parts[2])
		one := bare.FindString(plain)
		if one == "" {
			one = plain
		}
		if strings.HasSuffix(one, "@example.com") {
			return m
		}
		return parts[1] + url.QueryEscape(strings.TrimSuffix(plain, one)) + change(one)
	})
}

// pseudonyms replaces every address outside of example.com by its pseudonym.
func pseudonyms(v string) string { return addresses(v, pseudonym) }

// decoded returns an address without any level of percent-encoding.
func decoded(a string) string {
	return settled(a, func(a string) string {
		if plain, err := url.PathUnescape(a); err == nil {
			return plain
		}
		return strings.Replace(a, "%40", "@", 1)
	})
}

// people holds the addresses in the requests of a replay. Answers get them back in place of
// their pseudonyms: a caller finds the member of its request.
type people struct {
	mu    sync.Mutex
	known map[string]string // by pseudonym
}

// note records the addresses of a text.
func (p *people) note(text string) {
	addresses(text, func(a string) string {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.known == nil {
			p.known = map[string]string{}
		}
		p.known[pseudonym(a)] = a
		return a
	})
}

// restore replaces the pseudonyms of recorded addresses in an answer.
func (p *people) restore(text string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for placeholder, a := range p.known {
		text = strings.ReplaceAll(text, placeholder, a)
	}
	return text
}
