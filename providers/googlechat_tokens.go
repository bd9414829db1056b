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
	"golang.org/x/oauth2/jwt"
)

const googleScope = "https://www.googleapis.com/auth/"

// The default scopes of a user and of an app. The credentials of an authorized user carry
// their own scopes.
var (
	googleUserScopes = []string{googleScope + "chat.memberships", googleScope + "chat.spaces.readonly"}
	googleAppScopes  = []string{googleScope + "chat.bot", googleScope + "chat.app.memberships"}
)

// googleTokenURL is Google's token endpoint, for a file that names none.
const googleTokenURL = "https://oauth2.googleapis.com/token"

// The types of a file of credentials.
const (
	typeAccount = "service_account"
	typeUser    = "authorized_user"
)

// googleFile is a file of credentials from gcloud or the Google Cloud console. Package
// golang.org/x/oauth2/google reads such files too, and compiles much for other types.
type googleFile struct {
	path string
	kind string
	data []byte
}

// googleKey has the content of a file of credentials.
type googleKey struct {
	TokenURL string `json:"token_uri"`

	// Email, KeyID and Key belong to a service account.
	Email string `json:"client_email"`
	KeyID string `json:"private_key_id"`
	Key   string `json:"private_key"`

	// ClientID, ClientSecret and RefreshToken belong to a user.
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	RefreshToken string `json:"refresh_token"`
}

func readGoogleFile(path string) (*googleFile, error) {
	data, err := readSmall(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Type       string `json:"type"`
		PrivateKey string `json:"private_key"`
	}
	if json.Unmarshal(data, &file) != nil {
		return nil, fmt.Errorf("%s is not JSON", path)
	}
	if file.Type != typeAccount && file.Type != typeUser {
		return nil, fmt.Errorf("%s has the type %q; it must be service_account or authorized_user", path, file.Type)
	}
	if file.Type == typeAccount && !isKey(file.PrivateKey) {
		return nil, fmt.Errorf("the private_key of %s is not a key in PEM", path)
	}
	return &googleFile{path, file.Type, data}, nil
}

// maxFile exceeds the size of every valid file of credentials.
const maxFile = 1 << 20

// readSmall reads a file of at most maxFile bytes.
func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s is longer than 1 MiB", path)
	}
	return data, err
}

// isKey reports whether text is a signing key in PEM. It returns no parse error, because
// that could quote the key.
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

// tokens returns a token source for a user or a service account. subject is the user on
// whose behalf a service account acts, empty for the app itself.
func (f *googleFile) tokens(subject string, scopes []string) (oauth2.TokenSource, error) {
	switch {
	case f.kind == typeUser && subject != "":
		return nil, fmt.Errorf("%s belongs to a user; only a service account can act for %s", f.path, subject)
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
	var key googleKey
	if err := json.Unmarshal(f.data, &key); err != nil {
		return nil, fmt.Errorf("%s has no usable credentials", f.path) // the cause may show a part of the key
	}
	if key.TokenURL == "" {
		key.TokenURL = googleTokenURL
	}
	if f.kind == typeUser {
		return googleSource{key.user().TokenSource(ctx, &oauth2.Token{RefreshToken: key.RefreshToken})}, nil
	}
	return googleSource{key.account(subject, scopes).TokenSource(ctx)}, nil
}

func (k *googleKey) user() *oauth2.Config {
	return &oauth2.Config{
		ClientID: k.ClientID, ClientSecret: k.ClientSecret,
		Endpoint: oauth2.Endpoint{TokenURL: k.TokenURL, AuthStyle: oauth2.AuthStyleInParams},
	}
}

func (k *googleKey) account(subject string, scopes []string) *jwt.Config {
	return &jwt.Config{
		Email: k.Email, PrivateKey: []byte(k.Key), PrivateKeyID: k.KeyID,
		TokenURL: k.TokenURL, Subject: subject, Scopes: scopes,
	}
}

// googleSource shortens the error of a token request to one line.
type googleSource struct{ oauth2.TokenSource }

func (s googleSource) Token() (*oauth2.Token, error) {
	t, err := s.TokenSource.Token()
	var retrieve *oauth2.RetrieveError
	if !errors.As(err, &retrieve) {
		return t, err
	}
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(retrieve.Body, &answer) != nil || answer.Error == "" {
		return nil, fmt.Errorf("Google answered with status %d", retrieve.Response.StatusCode)
	}
	return nil, fmt.Errorf("Google answered with status %d, %s: %s", retrieve.Response.StatusCode, answer.Error, answer.Description)
}
