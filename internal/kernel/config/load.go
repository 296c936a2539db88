package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"
)

// Sources are where a configuration comes from, the weakest first.
type Sources struct {
	File    string            // path of a YAML file, or ""
	Environ []string          // as os.Environ gives it
	Flags   map[string]string // by key: "email.host"
}

// envPrefix begins the names of our variables.
const envPrefix = "DYGNET_"

// foreign are variables with our prefix that are no keys: the front door's, and those of tests.
var foreign = []string{"DYGNET_CONFIG", "DYGNET_TEST_", "DYGNET_DEMO_"}

// maxFile bounds the file, in bytes.
const maxFile = 1 << 20

// Load reads the sources. What cannot be read or is not known is a Problems; see Check for what cannot work.
func Load(s Sources) (Config, error) {
	k := koanf.New(".")
	var problems Problems
	if s.File != "" {
		raw, err := readFile(s.File)
		if err != nil {
			return Config{}, Problems{{What: err.Error(), Remedy: "Check the path, and that the service may read it."}}
		}
		problems = append(problems, loadYAML(k, s.File, raw)...)
	}
	problems = append(problems, loadEnv(k, s.Environ)...)
	problems = append(problems, loadFlags(k, s.Flags)...)
	c := Default()
	if len(problems) == 0 {
		// koanf's own hooks read durations and comma-separated lists, and texts as numbers.
		if err := k.Unmarshal("", &c); err != nil {
			problems = append(problems, valueProblems(err)...)
		}
	}
	problems = append(problems, c.readSecrets()...)
	if len(problems) > 0 {
		return Config{}, problems
	}
	c.fill()
	return c, nil
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path) //nolint:gosec // the operator's path
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	raw, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the configuration cannot be read: %w", err)
	case len(raw) > maxFile:
		return nil, fmt.Errorf("%s is larger than %d bytes: it is no configuration", path, maxFile)
	}
	return raw, nil
}

func loadYAML(k *koanf.Koanf, name string, raw []byte) Problems {
	values, err := yaml.Parser().Unmarshal(raw)
	if err != nil {
		return Problems{{What: fmt.Sprintf("%s is not YAML: %v", name, err), Remedy: "Compare with deploy/dygnet.example.yaml."}}
	}
	var problems Problems
	walk("", values, func(key string) {
		problems = append(problems, unknown(name, key, keyPaths())...)
	})
	if len(problems) > 0 {
		return problems
	}
	return load(k, values)
}

// walk calls each with every key that holds a value. A section that holds nothing says nothing.
func walk(prefix string, values map[string]any, each func(key string)) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		key, value := prefix+name, values[name]
		section, isMap := value.(map[string]any)
		switch {
		case isMap:
			walk(key+".", section, each)
		case value == nil:
			delete(values, name) // "key:" with nothing after it leaves the default
			if !known(key) {
				each(key)
			}
		default:
			each(key)
		}
	}
}

func loadEnv(k *koanf.Koanf, environ []string) Problems {
	names := map[string]string{}
	for _, key := range keyPaths() {
		names[EnvName(key)] = key
	}
	var problems Problems
	provider := env.Provider(".", env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) {
			if slices.ContainsFunc(foreign, func(f string) bool { return strings.HasPrefix(name, f) }) {
				return "", nil
			}
			key, ok := names[name]
			if !ok {
				problems = append(problems, unknown("the environment", name, mapKeys(names))...)
				return "", nil
			}
			return key, fromText(key, value)
		},
	})
	if err := k.Load(provider, nil); err != nil {
		problems = append(problems, Problem{What: err.Error()})
	}
	return problems
}

// EnvName is the environment's name of a key.
func EnvName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

func loadFlags(k *koanf.Koanf, flags map[string]string) Problems {
	values := map[string]any{}
	var problems Problems
	for _, key := range slices.Sorted(maps.Keys(flags)) {
		problems = append(problems, unknown("the command line", key, keyPaths())...)
		values[key] = fromText(key, flags[key])
	}
	if len(problems) > 0 {
		return problems
	}
	return load(k, values)
}

func load(k *koanf.Koanf, values map[string]any) Problems {
	if err := k.Load(confmap.Provider(values, "."), nil); err != nil {
		return Problems{{What: err.Error()}}
	}
	return nil
}

// valueProblems tells apart what mapstructure joins.
func valueProblems(err error) Problems {
	var several interface{ Unwrap() []error }
	if !errors.As(err, &several) {
		return Problems{{What: err.Error(), Remedy: "Compare with deploy/dygnet.example.yaml."}}
	}
	var problems Problems
	for _, e := range several.Unwrap() {
		problems = append(problems, valueProblems(e)...)
	}
	return problems
}

// readSecrets puts the contents of the …_file keys in their place.
func (c *Config) readSecrets() Problems {
	var problems Problems
	for _, s := range []struct {
		key   string
		value *Secret
		file  string
	}{
		{"sign_in.staff.client_secret", &c.SignIn.Staff.ClientSecret, c.SignIn.Staff.ClientSecretFile},
		{"sign_in.citizens.client_secret", &c.SignIn.Citizens.ClientSecret, c.SignIn.Citizens.ClientSecretFile},
		{"email.password", &c.Email.Password, c.Email.PasswordFile},
		{"payment.stripe.secret_key", &c.Payment.Stripe.SecretKey, c.Payment.Stripe.SecretKeyFile},
		{"payment.stripe.webhook_secret", &c.Payment.Stripe.WebhookSecret, c.Payment.Stripe.WebhookSecretFile},
		{"metrics.token", &c.Metrics.Token, c.Metrics.TokenFile},
	} {
		if s.file == "" {
			continue
		}
		if *s.value != "" {
			problems = append(problems, Problem{Key: s.key, What: "It is given both here and as " + s.key + "_file.", Remedy: "Keep one of them."})
			continue
		}
		raw, err := readFile(s.file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			problems = append(problems, Problem{Key: s.key + "_file", What: "There is no file " + s.file + ".", Remedy: "Write the secret to it, readable by the service only."})
		case err != nil:
			problems = append(problems, Problem{Key: s.key + "_file", What: err.Error() + ".", Remedy: "Let the service read it."})
		default:
			*s.value = Secret(strings.TrimSpace(string(raw)))
		}
	}
	return problems
}
