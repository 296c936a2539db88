package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Problem is something wrong with a configuration.
type Problem struct {
	Key     string // the key, or ""
	What    string // what is wrong: a sentence
	Remedy  string // what to do: a sentence
	Warning bool   // it runs all the same
}

// String is the problem on one line.
func (p Problem) String() string {
	text := strings.TrimSpace(p.What + " " + p.Remedy)
	if p.Key != "" {
		text = p.Key + ": " + text
	}
	if p.Warning {
		text = "warning: " + text
	}
	return text
}

// Problems are an error.
type Problems []Problem //nolint:errname // a list that is also returned where nothing failed

// Error lists them, one on each line.
func (list Problems) Error() string {
	lines := make([]string, len(list))
	for i, p := range list {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Fatal are those with which it does not run.
func (list Problems) Fatal() Problems {
	return slices.DeleteFunc(slices.Clone(list), func(p Problem) bool { return p.Warning })
}

// checker collects problems.
type checker struct {
	Config
	found Problems
}

func (c *checker) wrong(key, what, remedy string) {
	c.found = append(c.found, Problem{Key: key, What: what, Remedy: remedy})
}

func (c *checker) doubtful(key, what, remedy string) {
	c.found = append(c.found, Problem{Key: key, What: what, Remedy: remedy, Warning: true})
}

// Check says what in the configuration cannot work or is unwise. It looks at files and folders of this machine and reaches for
// nothing else.
func Check(cfg Config) Problems {
	c := &checker{Config: cfg}
	c.addresses()
	c.folders()
	c.database()
	c.keys()
	c.signIn()
	c.email()
	c.payment()
	c.mapTiles()
	c.operation()
	c.security()
	return c.found
}

func (c *checker) addresses() {
	_, _, listenErr := net.SplitHostPort(c.Listen)
	if listenErr != nil {
		c.wrong("listen", fmt.Sprintf("%q is not an address to listen on.", c.Listen), "Write host:port, such as 127.0.0.1:8080.")
	}
	u, err := url.Parse(c.BaseURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		c.wrong("base_url", fmt.Sprintf("%q is not a web address.", c.BaseURL), "Write the address people see, such as https://kommun.example.")
	case u.Path != "" && u.Path != "/":
		c.wrong("base_url", "It has a path.", "Dygnet needs a host name of its own: leave out "+u.Path+".")
	case u.Scheme == "http" && !c.Demo && !loopback(u.Hostname()):
		c.wrong("base_url", "It is plain http: passwords and cookies would travel in the open.",
			"Put a proxy that speaks TLS before Dygnet and write https.")
	case u.Scheme == "https" && listenErr == nil && !loopbackAddress(c.Listen) && len(c.Proxies) == 0:
		c.doubtful("proxies", "Nobody knows which proxy speaks TLS for Dygnet, so all visitors look like one and share its rate limits.",
			"Write the proxy's address.")
	}
	c.proxies()
}

func (c *checker) proxies() {
	for _, text := range c.Proxies {
		if p, err := parseNetwork(text); err != nil {
			c.wrong("proxies", fmt.Sprintf("%q is not a network.", text), "Write an address or a network, such as 10.0.0.0/24.")
		} else if p.Bits() == 0 {
			c.wrong("proxies", "It trusts the whole world to say where requests come from.", "Write the proxy's own address.")
		}
	}
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

func loopbackAddress(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && loopback(host)
}

func (c *checker) folders() {
	c.folder("data", c.Data, true)
	c.folder("pack", c.Pack, false)
}

func (c *checker) folder(key, path string, private bool) {
	info, err := os.Stat(path)
	switch {
	case path == "":
		c.wrong(key, "No folder is given.", "Write its path.")
	case os.IsNotExist(err):
		c.wrong(key, "There is no folder "+path+".", "Make it, owned by the user that runs Dygnet.")
	case err != nil:
		c.wrong(key, fmt.Sprintf("%s cannot be looked at: %v.", path, err), "Let the user that runs Dygnet read it.")
	case !info.IsDir():
		c.wrong(key, path+" is not a folder.", "Write the path of a folder.")
	case private && info.Mode().Perm()&0o077 != 0:
		c.doubtful(key, fmt.Sprintf("Others on this machine may look into %s (mode %04o).", path, info.Mode().Perm()), "Run chmod 700 on it.")
	}
	if err == nil && info.IsDir() && private {
		probe, err := os.CreateTemp(path, ".check-*")
		if err != nil {
			c.wrong(key, fmt.Sprintf("%s cannot be written to: %v.", path, err), "Let the user that runs Dygnet own it, and see that the disk is not full.")
			return
		}
		_ = probe.Close()
		_ = os.Remove(probe.Name())
	}
}

func (c *checker) database() {
	u, err := url.Parse(string(c.Database))
	switch {
	case err != nil || u.Scheme != "sqlite" && u.Scheme != "postgres" && u.Scheme != "postgresql":
		// The address may hold a password: it is not repeated.
		c.wrong("database", "It is not the address of a database.", "Write sqlite:///path/dygnet.db or postgres://user@host/name.")
	case u.Scheme == "sqlite" && (u.Host != "" || u.Path == ""):
		c.wrong("database", "The path must begin at the root.", "Write three slashes: sqlite:///var/lib/dygnet/dygnet.db.")
	case u.Scheme == "sqlite" && filepath.Dir(u.Path) != filepath.Clean(c.Data):
		c.folder("database", filepath.Dir(u.Path), true)
	case u.Scheme != "sqlite" && u.Host != "" && !loopback(u.Hostname()) && slices.Contains([]string{"", "disable", "allow", "prefer"}, u.Query().Get("sslmode")):
		c.doubtful("database", "The connection to the database server may be unencrypted.", "Add sslmode=verify-full to the address.")
	}
}

func (c *checker) keys() {
	for _, k := range []struct{ key, path string }{{"documents.master_key_file", c.Documents.MasterKeyFile}, {"journal.key_file", c.Journal.KeyFile}} {
		info, err := os.Stat(k.path)
		switch {
		case os.IsNotExist(err):
			if dir, err := os.Stat(filepath.Dir(k.path)); err != nil || !dir.IsDir() {
				c.wrong(k.key, "There is no folder "+filepath.Dir(k.path)+" for the key.", "Make it, or put the old key back.")
			}
		case err != nil:
			c.wrong(k.key, fmt.Sprintf("%s cannot be read: %v.", k.path, err), "Let the user that runs Dygnet read it.")
		case !info.Mode().IsRegular():
			c.wrong(k.key, k.path+" is not a file.", "Write the path of the key.")
		case info.Mode().Perm()&0o077 != 0:
			c.wrong(k.key, fmt.Sprintf("Others on this machine may read %s (mode %04o).", k.path, info.Mode().Perm()), "Run chmod 600 on it.")
		}
	}
	if a := c.Documents.ClamAV; a != "" && !strings.HasPrefix(a, "tcp://") && !strings.HasPrefix(a, "unix:///") {
		c.wrong("documents.clamav", fmt.Sprintf("%q is not the address of a scanner.", a), "Write tcp://host:3310 or unix:///run/clamav/clamd.ctl.")
	}
	if strings.TrimSpace(c.Journal.Origin) == "" || strings.ContainsAny(c.Journal.Origin, " +\n") {
		c.wrong("journal.origin", "It is empty or has a space or plus sign in it.", "Write the host name and /dygnet.")
	}
}

func (c *checker) signIn() {
	for _, p := range []struct {
		key string
		Provider
	}{{"sign_in.staff", c.SignIn.Staff}, {"sign_in.citizens", c.SignIn.Citizens}} {
		if p.Issuer == "" {
			if p.ClientID != "" || p.ClientSecret != "" {
				c.wrong(p.key+".issuer", "A client is given but no issuer, so nobody can sign in there.", "Write the provider's issuer.")
			}
			continue
		}
		if c.Demo {
			c.wrong("demo", "The demonstration lets anybody in as anybody, and "+p.key+" signs in real people.", "Switch one of them off.")
		}
		u, err := url.Parse(p.Issuer)
		if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
			c.wrong(p.key+".issuer", fmt.Sprintf("%q is not an https address.", p.Issuer), "Write it exactly as the provider does.")
		}
		if p.ClientID == "" {
			c.wrong(p.key+".client_id", "It is empty.", "Write the name under which the provider knows Dygnet.")
		}
		if p.Name == "" {
			c.doubtful(p.key+".name", "The sign-in button has no words of its own.", "Write what people call the provider.")
		}
		if !slices.Contains([]string{"none", "low", "substantial", "high"}, p.Level) {
			c.wrong(p.key+".level", fmt.Sprintf("%q is not a level of assurance.", p.Level), "Write none, low, substantial or high.")
		}
	}
	if c.SignIn.Staff.Issuer == "" && !c.Demo {
		c.doubtful("sign_in.staff.issuer", "Staff can only sign in with passkeys and one-time links.", "Name the provider of the municipality's accounts.")
	}
	for _, s := range []struct {
		key  string
		time time.Duration
	}{{"sessions.staff", c.Sessions.Staff}, {"sessions.citizens", c.Sessions.Citizens}, {"sessions.lifetime", c.Sessions.Lifetime}} {
		if s.time < time.Minute {
			c.wrong(s.key, fmt.Sprintf("%s is too short to do anything in.", s.time), "Write a time with its unit, such as 30m or 12h.")
		}
	}
	if c.Sessions.Staff > c.Sessions.Lifetime || c.Sessions.Citizens > c.Sessions.Lifetime {
		c.wrong("sessions.lifetime", "It is shorter than a time of idleness.", "Make it the longest of the three.")
	}
}

func (c *checker) email() {
	e := c.Email
	if e.Host == "" {
		if !c.Demo {
			c.doubtful("email.host", "No e-mail will be sent: citizens get no confirmation.", "Name the mail server that takes it.")
		}
		return
	}
	if from, err := mail.ParseAddress(e.From); err != nil || !strings.Contains(from.Address, "@") {
		c.wrong("email.from", fmt.Sprintf("%q is not an e-mail address.", e.From), "Write Kommunen <noreply@kommun.example>.")
	}
	if e.Port < 1 || e.Port > 65535 {
		c.wrong("email.port", fmt.Sprintf("%d is not a port.", e.Port), "Write 587 for starttls, 465 for tls.")
	}
	if e.Timeout < time.Second {
		c.wrong("email.timeout", fmt.Sprintf("%s is too short.", e.Timeout), "Write a time with its unit, such as 30s.")
	}
	switch {
	case !slices.Contains([]string{"starttls", "tls", "none"}, e.TLS):
		c.wrong("email.tls", fmt.Sprintf("%q is not a way to encrypt.", e.TLS), "Write starttls, tls or none.")
	case e.TLS == "none" && e.Password != "" && !loopback(e.Host):
		c.wrong("email.tls", "The password would travel in the open.", "Write starttls or tls.")
	case e.TLS == "none" && !loopback(e.Host):
		c.doubtful("email.tls", "Mail with personal data travels in the open.", "Write starttls or tls.")
	}
	if (e.User == "") != (e.Password == "") {
		c.wrong("email.user", "A user without a password, or a password without a user.", "Give both, or neither.")
	}
}

func (c *checker) payment() {
	s := c.Payment.Stripe
	if s.SecretKey == "" {
		if s.WebhookSecret != "" {
			c.wrong("payment.stripe.secret_key", "There is a webhook secret and no key.", "Give the account's secret key, or leave out both.")
		}
		return
	}
	key := string(s.SecretKey)
	live, test := strings.Contains(key, "k_live_"), strings.Contains(key, "k_test_")
	switch u, err := url.Parse(s.URL); {
	case !live && !test || strings.HasPrefix(key, "pk_"):
		c.wrong("payment.stripe.secret_key", "It is not a secret key of Stripe.", "It begins with sk_live_ or rk_live_.")
	case test && !c.Demo:
		c.doubtful("payment.stripe.secret_key", "It is a test key: nobody is charged.", "Give the live key before the public pays.")
	case err != nil || u.Host == "" || u.Scheme != "https" && !loopback(u.Hostname()):
		c.wrong("payment.stripe.url", fmt.Sprintf("%q is not the address of Stripe.", s.URL), "Leave it out.")
	case s.WebhookSecret != "" && !strings.HasPrefix(string(s.WebhookSecret), "whsec_"):
		c.wrong("payment.stripe.webhook_secret", "It is not the secret of a webhook.", "It begins with whsec_.")
	}
}

func (c *checker) mapTiles() {
	if t := c.Map.Tiles; t != "" {
		u, err := url.Parse(strings.NewReplacer("{z}", "0", "{x}", "0", "{y}", "0").Replace(t))
		if err != nil || u.Scheme != "https" || u.Host == "" || !strings.Contains(t, "{z}") || !strings.Contains(t, "{x}") || !strings.Contains(t, "{y}") {
			c.wrong("map.tiles", fmt.Sprintf("%q is not the address of a tile service.", t), "Write https://host/path/{z}/{x}/{y}.png.")
		}
	}
}

func (c *checker) operation() {
	if l := c.Metrics.Listen; l != "" {
		if _, _, err := net.SplitHostPort(l); err != nil {
			c.wrong("metrics.listen", fmt.Sprintf("%q is not an address to listen on.", l), "Write 127.0.0.1:9090.")
		} else if !loopbackAddress(l) && c.Metrics.Token == "" {
			c.wrong("metrics.listen", "Anybody who reaches it can read the metrics.", "Listen on 127.0.0.1, or set metrics.token_file.")
		}
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level) {
		c.wrong("log.level", fmt.Sprintf("%q is not a level.", c.Log.Level), "Write debug, info, warn or error.")
	}
	if !slices.Contains([]string{"json", "text"}, c.Log.Format) {
		c.wrong("log.format", fmt.Sprintf("%q is not a format.", c.Log.Format), "Write json or text.")
	}
	if e := c.Tracing.Endpoint; e != "" {
		if u, err := url.Parse(e); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			c.wrong("tracing.endpoint", fmt.Sprintf("%q is not a web address.", e), "Write http://127.0.0.1:4318.")
		}
	}
	if s := c.Tracing.Sample; !(s >= 0 && s <= 1) {
		c.wrong("tracing.sample", fmt.Sprintf("%v is not a share.", s), "Write a number from 0 to 1.")
	}
}

func (c *checker) security() {
	for _, contact := range c.Security.Contacts {
		if u, err := url.Parse(contact); err != nil || !slices.Contains([]string{"https", "mailto", "tel"}, u.Scheme) {
			c.wrong("security.contacts", fmt.Sprintf("%q is not a contact.", contact), "Begin it with mailto:, https: or tel: (RFC 9116).")
		}
	}
	if len(c.Security.Contacts) == 0 && !c.Demo {
		c.doubtful("security.contacts", "Whoever finds a hole has nobody to tell.", "Write mailto: and an address that somebody reads.")
	}
}
