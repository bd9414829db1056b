package providers

import (
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

// Setting is one value that a program asks its user for to open a provider.
type Setting struct {
	// Key names the setting among those of its provider, as a file does: "secret_key".
	Key string
	// Env is the environment variable that users know for it, "" where there is none.
	Env string
	// Text describes the value in plain words, without a capital letter and a full stop.
	Text string
	// Method names the method of authentication that needs the setting. A provider opens
	// with all settings of one method. A setting without a method is optional.
	Method string
	// Secret reports that the value is a credential, which nobody may show.
	Secret bool
	// Caller reports that the value is the e-mail address of the user whom requests are
	// made for.
	Caller bool
}

// BaseURL is the key of a setting that every provider has: the origin that requests go to.
const BaseURL = "base_url"

// baseURL is the setting of that key.
func baseURL(env string) Setting {
	return Setting{Key: BaseURL, Env: env, Text: "the URL of another server to ask; it gets the credentials"}
}

// name is what an error calls a setting.
func (s Setting) name() string {
	if s.Env == "" {
		return s.Key
	}
	return s.Key + " (" + s.Env + ")"
}

// Settings returns the settings of a provider, in the order that a user reads them: the
// preferred method first, options after it. The slice is the caller's own. An unknown name
// is memberships.ErrInvalidArgument.
func Settings(name string) ([]Setting, error) {
	d, err := declared("Settings", name)
	return slices.Clone(d.settings), err
}

// Unsupported returns settings of the provider's own tools that this package does not
// take, so that a program can say so where its user has set one: Text is the reason, as
// the rest of a sentence that begins with the name of the variable. An unknown name is
// memberships.ErrInvalidArgument.
func Unsupported(name string) ([]Setting, error) {
	d, err := declared("Unsupported", name)
	return slices.Clone(d.unsupported), err
}

// Missing returns the settings that values, by Key, lack for the named provider: nil if one
// method has all of its own. Otherwise there is one entry for each method that has a part
// of them, or for every method if none has. An empty value counts as missing. An unknown
// name is memberships.ErrInvalidArgument.
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
		rest := slices.DeleteFunc(slices.Clone(method), func(s Setting) bool { return values[s.Key] != "" })
		switch len(rest) {
		case 0:
			return nil
		case len(method):
		default:
			begun = append(begun, rest)
		}
		all = append(all, rest)
	}
	if begun != nil {
		return begun
	}
	return all
}

// methods are the settings of each method, in the order of the first ones.
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

// EmulatorValues returns values that open the named provider at an emulator, which takes
// any credential. They are made up and nobody's. BaseURL is left for the caller to set. An
// unknown name is memberships.ErrInvalidArgument.
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

// SettingError is what is wrong with the value of one setting. Its text names the setting
// and its variable, and never shows the value of a secret one.
type SettingError struct {
	Setting Setting
	Err     error
}

func (e *SettingError) Error() string { return e.Setting.name() + ": " + e.Err.Error() }
func (e *SettingError) Unwrap() error { return e.Err }

// settingError is the error for the one of settings that has the key.
func settingError(settings []Setting, key string, err error) error {
	i := slices.IndexFunc(settings, func(s Setting) bool { return s.Key == key })
	return &SettingError{settings[i], err}
}

// missingError lists what is missing.
type missingError [][]Setting

// Error is "missing: a (A), or b (B) and c (C)".
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

// refuse is the error of OpenWith.
func (d declaration) refuse(err error) error {
	return &memberships.Error{Provider: d.name, Op: "OpenWith", Kind: memberships.ErrInvalidArgument, Err: err}
}
