package googlechat

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/memberships-go/memberships/auth/internal/keyfile"
)

// ReadClientSecrets returns the app of a file from the Google Cloud console, such as
// client_secrets.json. Its types are installed and web; a web app has registered the redirect
// URL of the sign-in. The error names the file and the field, and quotes no content. A file
// that other users of the machine can read is an error.
func ReadClientSecrets(path string) (InstalledApp, error) {
	f, err := keyfile.Read(path)
	if err != nil {
		return InstalledApp{}, err
	}
	app, err := clientSecrets(f)
	if err == nil {
		err = f.Private()
	}
	if err != nil {
		return InstalledApp{}, err
	}
	return app, nil
}

// ParseClientSecrets is ReadClientSecrets for the content of a file. name stands for it in
// errors.
func ParseClientSecrets(name string, data []byte) (InstalledApp, error) {
	f, err := keyfile.Parse(name, data)
	if err != nil {
		return InstalledApp{}, err
	}
	return clientSecrets(f)
}

func clientSecrets(f *keyfile.File) (InstalledApp, error) {
	kind := "installed"
	switch {
	case f.Has("installed"):
	case f.Has("web"):
		kind = "web"
	case f.Has("type"):
		return InstalledApp{}, fmt.Errorf("%s is no client_secrets.json, which has the field installed or web: it is a file of credentials", f.Name)
	default:
		return InstalledApp{}, f.Wrong("installed or web", "the object of an app: make an OAuth client of the type \"Desktop app\" and download its JSON")
	}
	app := InstalledApp{Web: kind == "web"}
	var err error
	if app.ClientID, err = f.Need(kind + ".client_id"); err != nil {
		return InstalledApp{}, err
	}
	if app.ClientSecret, err = f.Need(kind + ".client_secret"); err != nil {
		return InstalledApp{}, err
	}
	if app.Origin, err = fileOrigin(f, kind+".token_uri"); err != nil {
		return InstalledApp{}, err
	}
	return app, nil
}

// fileOrigin returns the Origin of a field with a token endpoint: "" for Google's own and for
// an absent field. Of other servers it accepts one of this machine: another one would get the
// secrets.
func fileOrigin(f *keyfile.File, field string) (string, error) {
	text, err := f.Text(field)
	if err != nil || text == "" {
		return "", err
	}
	u, err := url.Parse(text)
	if err == nil && u.User == nil && u.RawQuery == "" && u.Fragment == "" {
		host := u.Hostname()
		google := host == "google.com" || host == "googleapis.com" || strings.HasSuffix(host, ".google.com") || strings.HasSuffix(host, ".googleapis.com")
		ip := net.ParseIP(host)
		switch {
		case u.Scheme == "https" && google && u.Port() == "":
			return "", nil
		case u.Scheme == "http" && (host == "localhost" || ip != nil && ip.IsLoopback()) && u.Path == "/token":
			return u.Scheme + "://" + u.Host, nil
		}
	}
	return "", f.Wrong(field, origin+"/token")
}
