package cassette

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/memberships-go/memberships/internal/redact"
)

// Option sets something of a Cassette.
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

// WithTransport records from rt, such as the transport of an emulator's client. The default
// is http.DefaultTransport. Replay does not use it.
func WithTransport(rt http.RoundTripper) Option {
	return func(c *config) error {
		if rt == nil {
			return errors.New("WithTransport: the transport is nil")
		}
		c.transport = rt
		return nil
	}
}

// WithSecrets names values that must not be in the file; empty ones do not count. They
// read REDACTED where they stand in plain text, percent-encoded, or escaped as JSON. Close
// does not save a file that holds one in any other encoding. A short value is replaced
// inside of longer words, too. A value that is to be sent and
// matched in replay too is better taken from [Cassette.Env].
func WithSecrets(values ...string) Option {
	return func(c *config) error {
		c.secrets = append(c.secrets, values...)
		return nil
	}
}

// WithSecretNames names parameters of URLs and forms, and members of JSON objects whose
// value is a string, that hold a credential, besides those that are known. Case does not
// count, nor do "_", "-" and ".".
func WithSecretNames(names ...string) Option {
	return func(c *config) error {
		for _, name := range names {
			if folded(name) == "" {
				return fmt.Errorf("WithSecretNames: %q is no name", name)
			}
		}
		c.names = append(c.names, names...)
		return nil
	}
}

// WithHeaders names headers of requests and of answers that are kept in the file, besides
// those that are. A header that is there for a credential, such as Cookie, is refused.
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

// WithFile is for ForTest: the file, in place of testdata/cassettes/<name of the test>.yaml.
func WithFile(file string) Option {
	return func(c *config) error {
		c.file = file
		return nil
	}
}

// WithModeVariable is for ForTest: the environment variable with the mode, in place of
// CASSETTE.
func WithModeVariable(name string) Option {
	return func(c *config) error {
		if name == "" {
			return errors.New("WithModeVariable: the name is empty")
		}
		c.variable = name
		return nil
	}
}
