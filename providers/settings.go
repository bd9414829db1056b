package providers

import (
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

// Setting is one value that a program needs from its user to open a provider.
type Setting struct {
	// Key is the name of the setting within its provider, as in a file: "secret_key".
	Key string
	// Env is the conventional environment variable, empty if there is none.
	Env string
	// Text describes the value to users, without a capital letter and a full stop.
	Text string
	// Method is the authentication method that needs the setting. All settings of one
	// method together open a provider. A setting without a method is optional.
	Method string
	// Or is the key of an optional setting whose value makes this one needless.
	Or string
	// Secret reports whether the value is a credential, which must not be displayed.
	Secret bool
	// Webhook reports whether Deliveries needs the value. OpenWith ignores it.
	Webhook bool
	// Caller reports whether the value is the e-mail address of the user on whose behalf
	// requests are made.
	Caller bool
}

// BaseURL is the key of the one setting that every provider has: the origin of requests.
const BaseURL = "base_url"

// baseURL returns the setting with the key BaseURL.
func baseURL(env string) Setting {
	return Setting{Key: BaseURL, Env: env, Text: "the URL of another server, which receives the credentials"}
}

// Given reports whether values, by Key, have the setting or the one of Or.
func (s Setting) Given(values map[string]string) bool {
	return values[s.Key] != "" || s.Or != "" && values[s.Or] != ""
}

// name returns the setting's name in errors.
func (s Setting) name() string {
	if s.Env == "" {
		return s.Key
	}
	return s.Key + " (" + s.Env + ")"
}

// Settings returns the settings of a provider in display order: the preferred method
// first, optional settings after it. The slice is a copy. An unknown name is
// memberships.ErrInvalidArgument.
func Settings(name string) ([]Setting, error) {
	d, err := declared("Settings", name)
	return slices.Clone(d.settings), err
}

// Unsupported returns settings of the provider's own tools that this package ignores, so
// a program can warn about them. Text is the reason, as the rest of a sentence that
// begins with the name of the variable. An unknown name is
// memberships.ErrInvalidArgument.
func Unsupported(name string) ([]Setting, error) {
	d, err := declared("Unsupported", name)
	return slices.Clone(d.unsupported), err
}

// Missing returns the settings that values, by Key, lack for the named provider: nil if
// one method is complete, else one entry for each method with some of its settings, or
// for every method if none has any. An empty value counts as missing. An unknown name is
// memberships.ErrInvalidArgument.
func Missing(name string, values map[string]string) ([][]Setting, error) {
	d, err := declared("Missing", name)
	if err != nil {
		return nil, err
	}
	return d.missing(values), nil
}

func (d declaration) missing(values map[string]string) [][]Setting {
	var all, begun [][]Setting
	for _, method := range d.methods() {
		rest := slices.DeleteFunc(slices.Clone(method), func(s Setting) bool { return s.Given(values) })
		switch {
		case len(rest) == 0:
			return nil
		case slices.ContainsFunc(method, func(s Setting) bool { return values[s.Key] != "" }):
			begun = append(begun, rest)
		}
		all = append(all, rest)
	}
	if begun != nil {
		return begun
	}
	return all
}

// methods returns the settings of each method, in the order of their first settings.
func (d declaration) methods() [][]Setting {
	var names []string
	var methods [][]Setting
	for _, s := range d.settings {
		if s.Method == "" {
			continue
		}
		i := slices.Index(names, s.Method)
		if i < 0 {
			i, names, methods = len(names), append(names, s.Method), append(methods, nil)
		}
		methods[i] = append(methods[i], s)
	}
	return methods
}

// EmulatorValues returns values that open the named provider at an emulator. The
// credentials are invented; an emulator accepts any. The caller adds BaseURL. An unknown
// name is memberships.ErrInvalidArgument.
func EmulatorValues(name string) (map[string]string, error) {
	d, err := declared("EmulatorValues", name)
	if err != nil {
		return nil, err
	}
	values := make(map[string]string, len(d.emulator)+1)
	for key, value := range d.emulator {
		values[key] = value
	}
	return values, nil
}

// SettingError is the error of one setting's value. Its text names the setting and its
// variable, and never contains a secret value.
type SettingError struct {
	Setting Setting
	Err     error
}

func (e *SettingError) Error() string { return e.Setting.name() + ": " + e.Err.Error() }
func (e *SettingError) Unwrap() error { return e.Err }

// settingError returns the SettingError of the setting with the key.
func settingError(settings []Setting, key string, err error) error {
	i := slices.IndexFunc(settings, func(s Setting) bool { return s.Key == key })
	return &SettingError{settings[i], err}
}

// missingError lists missing settings by method.
type missingError [][]Setting

// Error returns a text such as "missing: a (A), or b (B) and c (C)".
func (e missingError) Error() string {
	methods := make([]string, len(e))
	for i, settings := range e {
		names := make([]string, len(settings))
		for j, s := range settings {
			names[j] = s.name()
		}
		last := len(names) - 1
		methods[i] = names[last]
		if last > 0 {
			methods[i] = strings.Join(names[:last], ", ") + " and " + names[last]
		}
	}
	return "missing: " + strings.Join(methods, ", or ")
}

// invalid returns an error of OpenWith.
func (d declaration) invalid(err error) error {
	return &memberships.Error{Provider: d.name, Op: "OpenWith", Kind: memberships.ErrInvalidArgument, Err: err}
}
