package cassette

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// address matches an e-mail address, in a URL too.
var address = regexp.MustCompile(`[A-Za-z0-9._%+-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)

// pseudonym is an address of example.com that is always the same for one address.
func pseudonym(address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return "person-" + hex.EncodeToString(sum[:4]) + "@example.com"
}

// pseudonyms replaces all addresses outside of example.com.
func pseudonyms(v string) string {
	if !strings.ContainsAny(v, "@%") {
		return v
	}
	return address.ReplaceAllStringFunc(v, func(a string) string {
		if plain := decoded(a); !strings.HasSuffix(plain, "@example.com") {
			return pseudonym(plain)
		}
		return a
	})
}

// decoded is an address without percent-encoding.
func decoded(a string) string {
	if plain, err := url.PathUnescape(a); err == nil {
		return plain
	}
	return strings.Replace(a, "%40", "@", 1)
}

// people are the addresses that requests of this replay have named. An answer has them
// back as they were, so that a caller finds who it has asked for.
type people struct {
	mu    sync.Mutex
	known map[string]string // by pseudonym
}

// note keeps the addresses of a text.
func (p *people) note(text string) {
	for _, a := range address.FindAllString(text, -1) {
		if a = decoded(a); strings.HasSuffix(a, "@example.com") {
			continue
		}
		p.mu.Lock()
		if p.known == nil {
			p.known = map[string]string{}
		}
		p.known[pseudonym(a)] = a
		p.mu.Unlock()
	}
}

// restore puts them into an answer.
func (p *people) restore(text string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for stand, a := range p.known {
		text = strings.ReplaceAll(text, stand, a)
	}
	return text
}
