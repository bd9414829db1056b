package googlechat

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"runtime"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/internal/keyfile"
	"github.com/memberships-go/memberships/internal/pattern"
)

// Credentials is a file of credentials from gcloud or the Google Cloud console. One of its
// fields is not nil.
type Credentials struct {
	// Account is the service account of the type service_account.
	Account *ServiceAccount
	// User is the credential of the type authorized_user. Its scopes are those of its
	// sign-in, which the file does not have.
	User *auth.Credential
}

// The types of a file of credentials.
const (
	typeAccount = "service_account"
	typeUser    = "authorized_user"
)

// ReadCredentials reads a file of credentials. The error names the file and the field, and
// quotes no content but the type. A file that other users of the machine can read is an error.
func ReadCredentials(path string) (Credentials, error) {
	f, err := keyfile.Read(path)
	if err != nil {
		return Credentials{}, err
	}
	c, err := credentials(f)
	if err == nil {
		err = f.Private()
	}
	if err != nil {
		return Credentials{}, err
	}
	return c, nil
}

// ParseCredentials is ReadCredentials for the content of a file. name stands for it in errors.
func ParseCredentials(name string, data []byte) (Credentials, error) {
	f, err := keyfile.Parse(name, data)
	if err != nil {
		return Credentials{}, err
	}
	return credentials(f)
}

// typeName matches the types of files.
var typeName = pattern.New(`^[a-z_]{1,60}$`)

func credentials(f *keyfile.File) (Credentials, error) {
	kind, err := f.Text("type")
	if err != nil {
		return Credentials{}, err
	}
	switch {
	case kind == typeAccount:
		s, err := serviceAccount(f)
		return Credentials{Account: s}, err
	case kind == typeUser:
		c, err := authorizedUser(f)
		return Credentials{User: c}, err
	case f.Has("installed"), f.Has("web"):
		return Credentials{}, fmt.Errorf("%s is a client_secrets.json, with which a person signs in: it has no credentials of its own", f.Name)
	case kind == "":
		return Credentials{}, f.Wrong("type", "service_account or authorized_user")
	case !typeName.MatchString(kind):
		return Credentials{}, fmt.Errorf("%s has an unknown type; it must be service_account or authorized_user", f.Name)
	}
	return Credentials{}, fmt.Errorf("%s has the type %q; it must be service_account or authorized_user", f.Name, kind)
}

func authorizedUser(f *keyfile.File) (*auth.Credential, error) {
	c := &auth.Credential{Provider: provider, Method: MethodAuthorizedUser}
	var err error
	for _, field := range []struct {
		name string
		to   *string
	}{{"client_id", &c.ClientID}, {"client_secret", &c.ClientSecret}, {"refresh_token", &c.RefreshToken}} {
		if *field.to, err = f.Need(field.name); err != nil {
			return nil, err
		}
	}
	if c.Account, err = f.Text("account"); err != nil {
		return nil, err
	}
	if c.Origin, err = fileOrigin(f, "token_uri"); err != nil {
		return nil, err
	}
	return c, nil
}

// UserTokens returns the tokens of a credential of the type authorized_user, for
// option.WithTokenSource. They are not stored: Google's refresh tokens stay valid. hc may be
// nil.
func UserTokens(c *auth.Credential, hc *http.Client) *auth.Source {
	store := auth.NewMemory()
	_ = store.Save(context.Background(), "credentials", c) // a Memory does not fail
	return auth.NewSource(store, "credentials", Refresh(hc))
}

// ErrNoDefault is the error of a machine without application default credentials.
var ErrNoDefault = errors.New("there are no application default credentials")

// DefaultPath returns the path of the application default credentials: that of
// GOOGLE_APPLICATION_CREDENTIALS, or gcloud's file. It does not read the file, and it does not
// ask the metadata server of Google Cloud. getenv is os.Getenv or a replacement.
func DefaultPath(getenv func(string) string) (string, error) {
	return defaultPath(runtime.GOOS, getenv)
}

func defaultPath(system string, getenv func(string) string) (string, error) {
	const file = "application_default_credentials.json"
	if path := getenv("GOOGLE_APPLICATION_CREDENTIALS"); path != "" {
		return path, nil
	}
	switch dir := getenv("CLOUDSDK_CONFIG"); {
	case dir != "":
		return filepath.Join(dir, file), nil
	case system == "windows" && getenv("APPDATA") != "":
		return filepath.Join(getenv("APPDATA"), "gcloud", file), nil
	case system != "windows" && getenv("HOME") != "":
		return filepath.Join(getenv("HOME"), ".config", "gcloud", file), nil
	}
	return "", fmt.Errorf("%w: GOOGLE_APPLICATION_CREDENTIALS is not set and there is no home directory for gcloud's file", ErrNoDefault)
}

// DefaultCredentials reads the application default credentials. If there is no file, the error
// matches ErrNoDefault and names what it looked for.
func DefaultCredentials(getenv func(string) string) (Credentials, error) {
	path, err := DefaultPath(getenv)
	if err != nil {
		return Credentials{}, err
	}
	c, err := ReadCredentials(path)
	if errors.Is(err, fs.ErrNotExist) && getenv("GOOGLE_APPLICATION_CREDENTIALS") == "" {
		return Credentials{}, fmt.Errorf("%w: GOOGLE_APPLICATION_CREDENTIALS is not set, %s does not exist, and the metadata server of Google Cloud is not supported: run gcloud auth application-default login with --scopes", ErrNoDefault, path)
	}
	return c, err
}
