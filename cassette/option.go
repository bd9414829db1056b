package cassette

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/memberships-go/memberships/internal/redact"
)

// Option configures a Cassette.
type Option func(*config) error

type config struct {
	transport http.RoundTripper
	secrets   []string
	names     []string
	headers   []string
	file      string
	variable  string
}

func configure(opts []Option) (*config, error) {
	cfg := &config{transport: http.DefaultTransport, variable: ModeVariable}
	for _, opt := range opts {
		if opt == nil {
			return nil, errors.New("cassette: an option is nil")
		}
		if err := opt(cfg); err != nil {
			return nil, fmt.Errorf("cassette: %w", err)
		}
	}
	return cfg, nil
}

// WithTransport sets the transport to record from, such as that of an emulator's client. The
// default is http.DefaultTransport. Replay does not use it.
func WithTransport(rt http.RoundTripper) Option {
	return func(c *config) error {
		if rt == nil {
			return errors.New("WithTransport: the transport is nil")
		}
		c.transport = rt
		return nil
	}
}

// WithSecrets adds values that the file must not hold. REDACTED replaces a value in plain
// text, percent-encoding and JSON escapes, also inside of longer words. Close does not save
// a file that holds a value in any other encoding. Empty values are ignored. [Cassette.Env]
// is for a value that replay sends and matches.
func WithSecrets(values ...string) Option {
	return func(c *config) error {
		c.secrets = append(c.secrets, values...)
		return nil
	}
}

// WithSecretNames adds names of parameters of URLs and forms, and of JSON members with a
// string as value, that hold a credential. Case, "_", "-" and "." are ignored.
func WithSecretNames(names ...string) Option {
	return func(c *config) error {
		for _, name := range names {
			if folded(name) == "" {
				return fmt.Errorf("WithSecretNames: %q is not a name", name)
			}
		}
		c.names = append(c.names, names...)
		return nil
	}
}

// WithHeaders adds headers of requests and answers that the file keeps. It refuses a header
// for a credential, such as Cookie.
func WithHeaders(names ...string) Option {
	return func(c *config) error {
		for _, name := range names {
			if name == "" || redact.SecretHeader(name) {
				return fmt.Errorf("WithHeaders: %q is not kept, because it may carry a credential", name)
			}
		}
		c.headers = append(c.headers, names...)
		return nil
	}
}

// WithFile sets the file of ForTest. The default is
// testdata/cassettes/<name of the test>.yaml.
func WithFile(file string) Option {
	return func(c *config) error {
		c.file = file
		return nil
	}
}

// WithModeVariable sets the environment variable that ForTest reads the mode from. The
// default is CASSETTE.
func WithModeVariable(name string) Option {
	return func(c *config) error {
		if name == "" {
			return errors.New("WithModeVariable: the name is empty")
		}
		c.variable = name
		return nil
	}
}
