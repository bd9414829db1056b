package googlechat

import (
	"errors"
	"path/filepath"
	"testing"
)

func TestDefaultPath(t *testing.T) {
	const file = "application_default_credentials.json"
	for _, tc := range []struct {
		system string
		env    map[string]string
		want   string
	}{
		{"linux", map[string]string{"HOME": "/home/ada"}, filepath.Join("/home/ada", ".config", "gcloud", file)},
		{"darwin", map[string]string{"HOME": "/Users/ada", "APPDATA": "x"}, filepath.Join("/Users/ada", ".config", "gcloud", file)},
		{"windows", map[string]string{"APPDATA": "roaming", "HOME": "x"}, filepath.Join("roaming", "gcloud", file)},
		{"linux", map[string]string{"HOME": "/home/ada", "CLOUDSDK_CONFIG": "/gcloud"}, filepath.Join("/gcloud", file)},
		{"linux", map[string]string{"HOME": "/home/ada", "GOOGLE_APPLICATION_CREDENTIALS": "k.json"}, "k.json"},
		{"windows", map[string]string{"HOME": "x"}, ""},
	} {
		got, err := defaultPath(tc.system, func(name string) string { return tc.env[name] })
		if got != tc.want || (err != nil) != (tc.want == "") || err != nil && !errors.Is(err, ErrNoDefault) {
			t.Errorf("%s %v: got %q, %v, want %q", tc.system, tc.env, got, err, tc.want)
		}
	}
}
