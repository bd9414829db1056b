package tape

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	request  = "\n      request: {method: GET, url: 'https://h.example/'}"
	response = "\n      response: {code: 200}"
	begin    = "version: 2\ninteractions:\n    - id: 0"
)

// TestRead takes files that are damaged or no cassettes, and says what is wrong, where.
func TestRead(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{ // "" is no error
		{"the shortest", "version: 2\ninteractions: []\n", ""},
		{"one", begin + request + response, ""},
		{"aliases", "version: 2\nx: &r {code: 200}\ninteractions:\n    - id: 0" + request + "\n      response: *r", ""},
		{"empty", "", ":1: not a cassette"},
		{"a list", "- 1\n", ":1: not a cassette"},
		{"text", "hello", ":1: not a cassette"},
		{"JSON", `{"a": 1}`, ":1: not a cassette: there is no version"},
		{"no YAML", "version: 2\ninteractions:\n\t- a\n", ":3: "},
		{"a cut quote", begin + request + "\n      response: {code: 200, body: 'half", ":5: "},
		{"version 1", "---\nversion: 1\ninteractions: []\n", ":2: a cassette of version 1; this reads version 2"},
		{"no interactions", "version: 2\n", ":1: not a cassette: there is no list of interactions"},
		{"interactions of another kind", "version: 2\ninteractions: none\n", ":1: not a cassette: there is no list of interactions"},
		{"null", "version: 2\ninteractions:\n    - null\n", ":3: interaction 0 has no request"},
		{"no request", begin + response, ":3: interaction 0 has no request"},
		{"no response", begin + request, ":3: interaction 0 has no response"},
		{"no method", begin + "\n      request: {url: 'https://h.example/'}" + response, ":4: interaction 0 has no method"},
		{"no url", begin + "\n      request: {method: GET}" + response, ":4: interaction 0 has no url"},
		{"a broken url", begin + "\n      request:\n        method: GET\n        url: 'https://h.example/%zz'" + response, ":6: interaction 0: parse"},
		{"no status", begin + request + "\n      response: {body: x}", ":5: interaction 0 has no status code"},
		{"a word for a status", begin + request + "\n      response: {code: fine}", ":5: interaction 0 has the status code fine"},
		{"a small status", begin + request + "\n      response: {code: 7}", ":5: interaction 0 has the status code 7"},
		{"a list for a body", begin + request + "\n      response:\n        code: 200\n        body: [1]", ":7: cannot unmarshal"},
		{"a word for a length", begin + request + "\n      response: {code: 200, content_length: much}", ":5: cannot unmarshal"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x.yaml")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := Read(file)
			if tt.want == "" {
				if err != nil || c == nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), file+tt.want) {
				t.Errorf("got %v, want %s%s", err, file, tt.want)
			}
		})
	}
}

// TestReadNoFile tells a file that is missing from one with another name.
func TestReadNoFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(dir + "/none.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := Read(dir + "/none.yml"); err == nil || !strings.Contains(err.Error(), "ends in .yaml") {
		t.Errorf("got %v", err)
	}
}

// FuzzRead reads damaged files: an error, or a cassette whose recordings can be replayed.
func FuzzRead(f *testing.F) {
	f.Add(begin + request + response)
	f.Add("version: 2\nx: &r {code: 200}\ninteractions:\n    - id: 0" + request + "\n      response: *r")
	f.Add("version: 2\ninteractions:\n    - null\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parse("x", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "x.yaml:") {
				t.Errorf("%v does not begin with the file", err)
			}
			return
		}
		for _, i := range c.Interactions {
			if _, err := i.GetHTTPResponse(); err != nil || i.Response.Code < 100 {
				t.Errorf("interaction with status %d: %v", i.Response.Code, err)
			}
		}
	})
}
