package oauth

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
)

// Methods of PKCE.
const (
	S256  = "S256"
	Plain = "plain"
)

// Bounds of a verifier, and of a challenge of method plain, in characters.
const (
	leastVerifier = 43
	mostVerifier  = 128
)

// challenge checks the parameters of PKCE in an authorization. Without a method, it is plain.
func (s *Server) challenge(challenge, method string) (string, *Error) {
	switch {
	case len(s.rules.Methods) == 0, challenge == "" && method == "":
		return "", nil
	case challenge == "":
		return "", InvalidRequest("The code_challenge is missing.")
	case method == "":
		method = Plain
	}
	if !slices.Contains(s.rules.Methods, method) {
		return "", InvalidRequest("The code_challenge_method must be " + strings.Join(s.rules.Methods, " or ") + ".")
	}
	if !unreserved(challenge) || method == S256 && len(challenge) != leastVerifier {
		return "", InvalidRequest("The code_challenge has the wrong form.")
	}
	return method, nil
}

// verify checks the verifier of a code. A verifier without a challenge is an error, too: the
// challenge may have been removed on the way.
func (c *code) verify(verifier string) *Error {
	switch {
	case c.method == "" && verifier == "":
		return nil
	case c.method == "":
		return InvalidGrant("The authorization had no code_challenge.")
	case verifier == "":
		return InvalidGrant("The code_verifier is missing.")
	case !unreserved(verifier):
		return InvalidGrant("The code_verifier has the wrong form.")
	}
	got := verifier
	if c.method == S256 {
		sum := sha256.Sum256([]byte(verifier))
		got = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if got != c.challenge {
		return InvalidGrant("The code_verifier is wrong.")
	}
	return nil
}

// unreserved reports whether a text has the form of a verifier.
func unreserved(text string) bool {
	return len(text) >= leastVerifier && len(text) <= mostVerifier && !strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~", r))
	})
}
