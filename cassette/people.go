package cassette

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// address matches an e-mail address, in a URL too, and an escape of JSON in front of it.
var address = regexp.MustCompile(`(\\+(?:u[0-9A-Fa-f]{4}|[bfnrt]))?([A-Za-z0-9._%+-]+(?:@|%(?:25)*40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)`)

// bare matches an address at the end of a text that is not encoded.
var bare = regexp.MustCompile(`[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$`)

// pseudonym is an address of example.com that is always the same for one address.
func pseudonym(address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return "person-" + hex.EncodeToString(sum[:4]) + "@example.com"
}

// addresses calls change for every address outside of example.com, and puts in what it
// returns.
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

// pseudonyms replaces all addresses outside of example.com.
func pseudonyms(v string) string { return addresses(v, pseudonym) }

// decoded is an address without percent-encoding, however often it was encoded.
func decoded(a string) string {
	return settled(a, func(a string) string {
		if plain, err := url.PathUnescape(a); err == nil {
			return plain
		}
		return strings.Replace(a, "%40", "@", 1)
	})
}

// people are the addresses that requests of this replay have named. An answer has them
// back as they were, so that a caller finds who it has asked for.
type people struct {
	mu    sync.Mutex
	known map[string]string // by pseudonym
}

// note keeps the addresses of a text.
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

// restore puts them into an answer.
func (p *people) restore(text string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for stand, a := range p.known {
		text = strings.ReplaceAll(text, stand, a)
	}
	return text
}
