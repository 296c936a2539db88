package config

import (
	"log/slog"
	"net/netip"
	"net/url"
	"path/filepath"
	"time"
)

// Config is everything an operator decides. The key of a field is its tag, under the tag of its struct: "email.host".
type Config struct {
	Demo     bool     `koanf:"demo"`     // invented people and a sign-in without proof
	Pack     string   `koanf:"pack"`     // folder of the municipality's pack
	Data     string   `koanf:"data"`     // folder for the database, documents and keys, where nothing else is said
	Database Secret   `koanf:"database"` // sqlite:///path or postgres://…; "" is a file in Data. It may hold a password
	Listen   string   `koanf:"listen"`   // host:port or :port
	BaseURL  string   `koanf:"base_url"` // the address people see, without a path
	Proxies  []string `koanf:"proxies"`  // networks (CIDR) of the proxies before it, whose X-Forwarded-For is believed

	Documents Documents `koanf:"documents"`
	Journal   Journal   `koanf:"journal"`
	Sessions  Sessions  `koanf:"sessions"`
	SignIn    SignIn    `koanf:"sign_in"`
	Email     Email     `koanf:"email"`
	Payment   Payment   `koanf:"payment"`
	Map       Map       `koanf:"map"`
	Metrics   Metrics   `koanf:"metrics"`
	Log       Log       `koanf:"log"`
	Tracing   Tracing   `koanf:"tracing"`
	Security  Security  `koanf:"security"`
}

// Documents are where files are kept.
type Documents struct {
	URL           string `koanf:"url"`             // folder or s3://bucket?region=…; "" is a folder in Data
	MasterKeyFile string `koanf:"master_key_file"` // "" is a file in Data
	ClamAV        string `koanf:"clamav"`          // tcp://host:3310 or unix:///path; "" for no scan
}

// Journal is the log's key.
type Journal struct {
	KeyFile string `koanf:"key_file"` // "" is a file in Data
	Origin  string `koanf:"origin"`   // the log's name in checkpoints; "" is the host of BaseURL and /dygnet
}

// Sessions are how long a sign-in lasts.
type Sessions struct {
	Staff    time.Duration `koanf:"staff"`    // idle
	Citizens time.Duration `koanf:"citizens"` // idle
	Lifetime time.Duration `koanf:"lifetime"` // in all
}

// SignIn are the OpenID providers, one for each kind of person. One without an issuer is not used.
type SignIn struct {
	Staff    Provider `koanf:"staff"`
	Citizens Provider `koanf:"citizens"`
}

// Provider is one OpenID provider.
type Provider struct {
	Name             string   `koanf:"name"` // what the button says
	Issuer           string   `koanf:"issuer"`
	ClientID         string   `koanf:"client_id"`
	ClientSecret     Secret   `koanf:"client_secret"`
	ClientSecretFile string   `koanf:"client_secret_file"`
	Scopes           []string `koanf:"scopes"`      // besides openid
	ACR              []string `koanf:"acr"`         // of which a token must have one
	Level            string   `koanf:"level"`       // none, low, substantial or high: when the token does not say
	TrustEmail       bool     `koanf:"trust_email"` // addresses are right without email_verified
	Claims           Claims   `koanf:"claims"`
}

// Claims are the provider's names of what we ask; "" is the standard's.
type Claims struct {
	Subject        string `koanf:"subject"`
	Name           string `koanf:"name"`
	Email          string `koanf:"email"`
	PersonalNumber string `koanf:"personal_number"`
	Level          string `koanf:"level"`
}

// Email is the mail server that takes our mail.
type Email struct {
	Host         string        `koanf:"host"` // "" sends nothing
	Port         int           `koanf:"port"`
	TLS          string        `koanf:"tls"` // starttls, tls or none
	User         string        `koanf:"user"`
	Password     Secret        `koanf:"password"`
	PasswordFile string        `koanf:"password_file"`
	From         string        `koanf:"from"` // "Kommunen <noreply@kommun.example>"
	Timeout      time.Duration `koanf:"timeout"`
}

// Payment is how fees are paid. Without a provider, services with a fee offer their other ways.
type Payment struct {
	Stripe Stripe `koanf:"stripe"`
}

// Stripe is an account at Stripe. It is used when it has a key.
type Stripe struct {
	URL               string `koanf:"url"`        // of the API
	SecretKey         Secret `koanf:"secret_key"` // sk_live_… or rk_live_…
	SecretKeyFile     string `koanf:"secret_key_file"`
	WebhookSecret     Secret `koanf:"webhook_secret"` // whsec_…; "" asks Stripe now and then instead
	WebhookSecretFile string `koanf:"webhook_secret_file"`
}

// Map is where the map's pictures come from.
type Map struct {
	Tiles       string `koanf:"tiles"` // https://…/{z}/{x}/{y}.png; "" draws the pack's own data
	Attribution string `koanf:"attribution"`
}

// Metrics are for Prometheus.
type Metrics struct {
	Listen    string `koanf:"listen"` // "" answers nowhere
	Token     Secret `koanf:"token"`
	TokenFile string `koanf:"token_file"`
}

// Log is what is written on standard error.
type Log struct {
	Level  string `koanf:"level"`  // debug, info, warn or error
	Format string `koanf:"format"` // json or text
}

// Tracing is OpenTelemetry.
type Tracing struct {
	Endpoint string  `koanf:"endpoint"` // OTLP over HTTP; "" switches it off
	Sample   float64 `koanf:"sample"`   // share of requests, 0 to 1
}

// Security is what /.well-known/security.txt says.
type Security struct {
	Contacts []string `koanf:"contacts"`
	Policy   string   `koanf:"policy"`
}

// Default is the configuration of somebody who says nothing.
func Default() Config {
	return Config{
		Data:     "/var/lib/dygnet",
		Pack:     "/etc/dygnet/pack",
		Listen:   "127.0.0.1:8080",
		BaseURL:  "http://localhost:8080",
		Sessions: Sessions{Staff: time.Hour, Citizens: 20 * time.Minute, Lifetime: 12 * time.Hour},
		SignIn:   SignIn{Staff: Provider{Level: "low"}, Citizens: Provider{Level: "none"}},
		Email:    Email{Port: 587, TLS: "starttls", Timeout: 30 * time.Second},
		Payment:  Payment{Stripe: Stripe{URL: "https://api.stripe.com"}},
		Log:      Log{Level: "info", Format: "json"},
		Tracing:  Tracing{Sample: 0.1},
	}
}

// fill puts in what follows from other keys.
func (c *Config) fill() {
	in := func(value *string, name string) {
		if *value == "" {
			*value = filepath.Join(c.Data, name)
		}
	}
	if c.Database == "" {
		// store.Open wants three slashes and a path from the root.
		if path, err := filepath.Abs(filepath.Join(c.Data, "dygnet.db")); err == nil {
			c.Database = Secret("sqlite://" + path)
		}
	}
	in(&c.Documents.URL, "documents")
	in(&c.Documents.MasterKeyFile, "master.key")
	in(&c.Journal.KeyFile, "journal.key")
	if c.Journal.Origin == "" {
		if u, err := url.Parse(c.BaseURL); err == nil && u.Hostname() != "" {
			c.Journal.Origin = u.Hostname() + "/dygnet"
		}
	}
}

// TLS tells whether people reach the site over https.
func (c *Config) TLS() bool {
	u, err := url.Parse(c.BaseURL)
	return err == nil && u.Scheme == "https"
}

// ProxyNetworks are Proxies as networks; a single address is a network of one. What cannot be read is left out: Check has told of it.
func (c *Config) ProxyNetworks() []netip.Prefix {
	var list []netip.Prefix
	for _, text := range c.Proxies {
		if p, err := parseNetwork(text); err == nil {
			list = append(list, p)
		}
	}
	return list
}

func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(text)
}

// Secret is a text that is never printed.
type Secret string

const hidden = "(secret)"

// String hides the secret. Convert to string to use it.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the secret from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the secret from JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
