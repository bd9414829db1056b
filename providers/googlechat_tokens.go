package providers

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

const googleScope = "https://www.googleapis.com/auth/"

// The scopes that are asked for: what a user does, and what an app does by itself. A
// user's own credentials come with the scopes that the user agreed to.
var (
	googleUserScopes = []string{googleScope + "chat.memberships", googleScope + "chat.spaces.readonly"}
	googleAppScopes  = []string{googleScope + "chat.bot", googleScope + "chat.app.memberships"}
)

// googleFile is a file of credentials as gcloud and the console make them.
type googleFile struct {
	path string
	data []byte
	kind google.CredentialsType
}

func readGoogleFile(path string) (*googleFile, error) {
	data, err := readSmall(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Type       google.CredentialsType `json:"type"`
		PrivateKey string                 `json:"private_key"`
	}
	if json.Unmarshal(data, &file) != nil {
		return nil, fmt.Errorf("%s is not JSON", path)
	}
	if file.Type != google.ServiceAccount && file.Type != google.AuthorizedUser {
		return nil, fmt.Errorf("%s is of type %q: it has to be service_account or authorized_user", path, file.Type)
	}
	if file.Type == google.ServiceAccount && !isKey(file.PrivateKey) {
		return nil, fmt.Errorf("the private_key of %s is not a key in PEM", path)
	}
	return &googleFile{path, data, file.Type}, nil
}

// maxFile is more than a file of credentials has.
const maxFile = 1 << 20

// readSmall reads a file that cannot be long.
func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s is longer than a file of credentials can be", path)
	}
	return data, err
}

// isKey reports whether text is a key that tokens can be signed with. No error says more,
// because it could show a part of the key.
func isKey(text string) bool {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return false
	}
	_, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		_, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	return err == nil
}

// tokens returns the tokens of a user or a service account. subject is the user whom the
// latter acts for, "" for itself.
func (f *googleFile) tokens(subject string, scopes []string) (oauth2.TokenSource, error) {
	switch {
	case f.kind == google.AuthorizedUser && subject != "":
		return nil, fmt.Errorf("%s is a user's: only a service account can act for %s", f.path, subject)
	case len(scopes) > 0:
	case subject != "":
		scopes = googleUserScopes
	default:
		scopes = googleAppScopes
	}
	// The context serves every refresh, so it has no end; the client bounds each of them.
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	c, err := google.CredentialsFromJSONWithTypeAndParams(ctx, f.data, f.kind, google.CredentialsParams{Scopes: scopes, Subject: subject})
	if err != nil {
		return nil, fmt.Errorf("%s has no credentials that can be used", f.path) // the cause may show a part of the key
	}
	return googleSource{c.TokenSource}, nil
}

// googleSource shortens the reason why there is no token to one line.
type googleSource struct{ oauth2.TokenSource }

func (s googleSource) Token() (*oauth2.Token, error) {
	t, err := s.TokenSource.Token()
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return t, err
	}
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(refused.Body, &answer) != nil || answer.Error == "" {
		return nil, fmt.Errorf("Google answered with status %d", refused.Response.StatusCode)
	}
	return nil, fmt.Errorf("Google answered with status %d, %s: %s", refused.Response.StatusCode, answer.Error, answer.Description)
}
