package oauth

import (
	"crypto/sha256"
	"encoding/base64"
)

// styleHash lets the pages have their own style and no other.
var styleHash = func() string {
	sum := sha256.Sum256([]byte(style))
	return base64.StdEncoding.EncodeToString(sum[:])
}()
