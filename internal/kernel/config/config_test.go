package config_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dygnet/internal/kernel/config"
)

const example = "../../../deploy/dygnet.example.yaml"

func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheLaterSourceGoesBeforeTheEarlier(t *testing.T) {
	file := write(t, "c.yaml", "listen: :1\nlog: {level: debug}\nemail:\n  host: file\n  port: 25\nsessions:\n")
	c, err := config.Load(config.Sources{
		File:    file,
		Environ: []string{"DYGNET_EMAIL_HOST=env", "DYGNET_LISTEN=:2", "HOME=/root", "DYGNET_TEST_POSTGRES=x", "DYGNET_CONFIG=y"},
		Flags:   map[string]string{"listen": ":3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := []any{c.Listen, c.Email.Host, c.Email.Port, c.Log.Level, c.Log.Format, c.Sessions.Staff}
	if diff := cmp.Diff([]any{":3", "env", 25, "debug", "json", time.Hour}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEachKindOfValueIsReadFromTheEnvironment(t *testing.T) {
	c, err := config.Load(config.Sources{Environ: []string{
		"DYGNET_DEMO=true", "DYGNET_PROXIES=10.0.0.0/8,192.0.2.1", "DYGNET_SESSIONS_STAFF=90m", "DYGNET_TRACING_SAMPLE=0.5",
		"DYGNET_EMAIL_PORT=465", "DYGNET_SIGN_IN_CITIZENS_ACR=a,b", "DYGNET_EMAIL_PASSWORD=p=w,d",
	}})
	if err != nil {
		t.Fatal(err)
	}
	got := []any{c.Demo, c.Proxies, c.Sessions.Staff, c.Tracing.Sample, c.Email.Port, c.SignIn.Citizens.ACR, string(c.Email.Password)}
	want := []any{true, []string{"10.0.0.0/8", "192.0.2.1"}, 90 * time.Minute, 0.5, 465, []string{"a", "b"}, "p=w,d"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := c.ProxyNetworks(); len(n) != 2 || n[1].String() != "192.0.2.1/32" {
		t.Errorf("networks %v", n)
	}
}

func TestWhatCannotBeReadIsToldPlainly(t *testing.T) {
	for name, c := range map[string]struct {
		file  string
		env   string
		flag  string
		says  string
		count int
	}{
		"misspelt":          {file: "emial:\n  host: x\n", says: `Did you mean "email.host"?`},
		"misspelt below":    {file: "email:\n  hots: x\n", says: `Did you mean "email.host"?`},
		"misplaced":         {file: "issuer: x\n", says: `Did you mean "sign_in.citizens.issuer"?`},
		"nonsense":          {file: "qwertyuiop: x\n", says: "Remove it"},
		"misspelt, empty":   {file: "emial:\n", says: `"emial", which does not exist`},
		"section as value":  {file: "email: x\n", says: "section with keys of its own"},
		"value as section":  {file: "listen:\n  x: 1\n", says: `"listen.x"`},
		"not YAML":          {file: "a: b: c\n", says: "is not YAML"},
		"twice":             {file: "demo: true\ndemo: false\n", says: "is not YAML"},
		"a list":            {file: "- a\n", says: "is not YAML"},
		"not a number":      {file: "email: {port: many}\n", says: "port"},
		"not a duration":    {file: "sessions: {staff: long}\n", says: "staff"},
		"misspelt variable": {env: "DYGNET_EMAIL_HOTS=x", says: `Did you mean "DYGNET_EMAIL_HOST"?`},
		"misspelt flag":     {flag: "lisen", says: `Did you mean "listen"?`},
		"two at once":       {file: "a1: 1\nb2: 2\n", says: "b2", count: 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := config.Sources{}
			if c.file != "" {
				s.File = write(t, "c.yaml", c.file)
			}
			if c.env != "" {
				s.Environ = []string{c.env}
			}
			if c.flag != "" {
				s.Flags = map[string]string{c.flag: "x"}
			}
			_, err := config.Load(s)
			var problems config.Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %q", err, c.says)
			}
			if c.count > 0 && len(problems) != c.count {
				t.Errorf("%d problems, want %d: %v", len(problems), c.count, err)
			}
		})
	}
	if _, err := config.Load(config.Sources{File: "/no/such/file.yaml"}); err == nil || !strings.Contains(err.Error(), "/no/such/file.yaml") {
		t.Errorf("a missing file: %v", err)
	}
}

func TestSecretsComeFromFilesAndAreNeverPrinted(t *testing.T) {
	file := write(t, "password", "hunter2\n")
	c, err := config.Load(config.Sources{Flags: map[string]string{"email.password_file": file, "metrics.token": "t0ken"}})
	if err != nil {
		t.Fatal(err)
	}
	if string(c.Email.Password) != "hunter2" {
		t.Errorf("read %q", string(c.Email.Password))
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "config", c, "password", c.Email.Password)
	for _, printed := range []string{fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c.Email.Password, c.Email.Password), string(encoded), logged.String()} {
		if strings.Contains(printed, "hunter2") || strings.Contains(printed, "t0ken") {
			t.Errorf("a secret is printed: %s", printed)
		}
	}
	for says, flags := range map[string]map[string]string{
		"both here and":    {"email.password_file": file, "email.password": "x"},
		"There is no file": {"email.password_file": file + "x"},
	} {
		if _, err := config.Load(config.Sources{Flags: flags}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
}

// good is a configuration without fault, with its folders.
func good(t *testing.T) config.Config {
	t.Helper()
	dir, pack := t.TempDir(), t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a folder
		t.Fatal(err)
	}
	c, err := config.Load(config.Sources{Flags: map[string]string{
		"data": dir, "pack": pack, "base_url": "https://kommun.example", "sign_in.staff.issuer": "https://login.example",
		"sign_in.staff.client_id": "dygnet", "sign_in.staff.name": "Konto", "email.host": "smtp.example",
		"email.from": "Kommunen <noreply@kommun.example>", "security.contacts": "mailto:sec@kommun.example",
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCheckNamesEachFaultAndItsRemedy(t *testing.T) {
	if problems := config.Check(good(t)); len(problems) > 0 {
		t.Fatalf("a good configuration: %v", problems)
	}
	readable := write(t, "key", "x")
	if err := os.Chmod(readable, 0o644); err != nil { //nolint:gosec // it is the fault
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		break_  func(*config.Config)
		key     string
		warning bool
	}{
		"missing folder":        {func(c *config.Config) { c.Data += "/none" }, "data", false},
		"folder is a file":      {func(c *config.Config) { c.Pack = readable }, "pack", false},
		"open folder":           {func(c *config.Config) { _ = os.Chmod(c.Data, 0o755) }, "data", true}, //nolint:gosec // it is the fault
		"listen":                {func(c *config.Config) { c.Listen = "8080" }, "listen", false},
		"no address":            {func(c *config.Config) { c.BaseURL = "kommun.example" }, "base_url", false},
		"with a path":           {func(c *config.Config) { c.BaseURL += "/dygnet" }, "base_url", false},
		"plain http":            {func(c *config.Config) { c.BaseURL = "http://kommun.example" }, "base_url", false},
		"unknown proxy":         {func(c *config.Config) { c.Listen = ":8080" }, "proxies", true},
		"bad proxy":             {func(c *config.Config) { c.Proxies = []string{"proxy.example"} }, "proxies", false},
		"trusts everybody":      {func(c *config.Config) { c.Proxies = []string{"0.0.0.0/0"} }, "proxies", false},
		"database":              {func(c *config.Config) { c.Database = "mysql://root:pw@db" }, "database", false},
		"two slashes":           {func(c *config.Config) { c.Database = "sqlite://dygnet.db" }, "database", false},
		"open database":         {func(c *config.Config) { c.Database = "postgres://u@db.example/x" }, "database", true},
		"readable key":          {func(c *config.Config) { c.Documents.MasterKeyFile = readable }, "documents.master_key_file", false},
		"no folder for the key": {func(c *config.Config) { c.Journal.KeyFile = "/none/x" }, "journal.key_file", false},
		"origin":                {func(c *config.Config) { c.Journal.Origin = "a b" }, "journal.origin", false},
		"scanner":               {func(c *config.Config) { c.Documents.ClamAV = "localhost:3310" }, "documents.clamav", false},
		"demo and real people":  {func(c *config.Config) { c.Demo = true }, "demo", false},
		"http issuer":           {func(c *config.Config) { c.SignIn.Staff.Issuer = "http://login.example" }, "sign_in.staff.issuer", false},
		"no client":             {func(c *config.Config) { c.SignIn.Staff.ClientID = "" }, "sign_in.staff.client_id", false},
		"client, no issuer":     {func(c *config.Config) { c.SignIn.Citizens.ClientID = "x" }, "sign_in.citizens.issuer", false},
		"level":                 {func(c *config.Config) { c.SignIn.Staff.Level = "3" }, "sign_in.staff.level", false},
		"nanoseconds":           {func(c *config.Config) { c.Sessions.Citizens = 20 }, "sessions.citizens", false},
		"short lifetime":        {func(c *config.Config) { c.Sessions.Lifetime = 30 * time.Minute }, "sessions.lifetime", false},
		"no mail":               {func(c *config.Config) { c.Email.Host = "" }, "email.host", true},
		"sender":                {func(c *config.Config) { c.Email.From = "kommunen" }, "email.from", false},
		"port":                  {func(c *config.Config) { c.Email.Port = 70000 }, "email.port", false},
		"mail in the open":      {func(c *config.Config) { c.Email.TLS = "none" }, "email.tls", true},
		"password in the open":  {func(c *config.Config) { c.Email.TLS, c.Email.User, c.Email.Password = "none", "u", "p" }, "email.tls", false},
		"ssl":                   {func(c *config.Config) { c.Email.TLS = "ssl" }, "email.tls", false},
		"user, no password":     {func(c *config.Config) { c.Email.User = "u" }, "email.user", false},
		"a webhook and no key":  {func(c *config.Config) { c.Payment.Stripe.WebhookSecret = "whsec_x" }, "payment.stripe.secret_key", false},
		"a public key":          {func(c *config.Config) { c.Payment.Stripe.SecretKey = "pk_live_x" }, "payment.stripe.secret_key", false},
		"a test key":            {func(c *config.Config) { c.Payment.Stripe.SecretKey = "sk_test_x" }, "payment.stripe.secret_key", true},
		"plain http to Stripe": {func(c *config.Config) {
			c.Payment.Stripe.SecretKey, c.Payment.Stripe.URL = "sk_live_x", "http://stripe.example"
		}, "payment.stripe.url", false},
		"webhook secret": {func(c *config.Config) { c.Payment.Stripe.SecretKey, c.Payment.Stripe.WebhookSecret = "sk_live_x", "x" }, "payment.stripe.webhook_secret", false},
		"tiles":          {func(c *config.Config) { c.Map.Tiles = "https://tiles.example/" }, "map.tiles", false},
		"open metrics":   {func(c *config.Config) { c.Metrics.Listen = ":9090" }, "metrics.listen", false},
		"log level":      {func(c *config.Config) { c.Log.Level = "verbose" }, "log.level", false},
		"log format":     {func(c *config.Config) { c.Log.Format = "xml" }, "log.format", false},
		"collector":      {func(c *config.Config) { c.Tracing.Endpoint = "localhost:4318" }, "tracing.endpoint", false},
		"sample":         {func(c *config.Config) { c.Tracing.Sample = 10 }, "tracing.sample", false},
		"contact":        {func(c *config.Config) { c.Security.Contacts = []string{"sec@kommun.example"} }, "security.contacts", false},
		"no contact":     {func(c *config.Config) { c.Security.Contacts = nil }, "security.contacts", true},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := good(t)
			c.break_(&cfg)
			problems := config.Check(cfg)
			if len(problems) != 1 {
				t.Fatalf("%d problems, want 1:\n%v", len(problems), problems)
			}
			p := problems[0]
			if p.Key != c.key || p.Warning != c.warning || p.What == "" || p.Remedy == "" {
				t.Errorf("got %+v, want key %s, warning %v", p, c.key, c.warning)
			}
			if fatal := len(problems.Fatal()) == 1; fatal == c.warning {
				t.Errorf("fatal %v", fatal)
			}
			if strings.Contains(p.String(), "pw@") {
				t.Errorf("it tells a password: %s", p)
			}
		})
	}
}

// leaves calls each with every key and value of a configuration.
func leaves(prefix string, v reflect.Value, each func(key string, value any)) {
	for i := range v.NumField() {
		key := prefix + v.Type().Field(i).Tag.Get("koanf")
		if v.Field(i).Kind() == reflect.Struct {
			leaves(key+".", v.Field(i), each)
			continue
		}
		each(key, v.Field(i).Interface())
	}
}

// uncommented is the example with every key switched on.
func uncommented(t *testing.T) (text string, keys map[string]bool) {
	t.Helper()
	raw, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`^( *)(?:# )?([a-z_]+):( |$)`)
	keys = map[string]bool{}
	var out strings.Builder
	var path []string
	lines := bufio.NewScanner(strings.NewReader(string(raw)))
	for lines.Scan() {
		line := lines.Text()
		m := key.FindStringSubmatch(line)
		if m == nil {
			if !strings.HasPrefix(strings.TrimSpace(line), "#") {
				out.WriteString(line + "\n")
			}
			continue
		}
		path = append(path[:len(m[1])/2], m[2])
		name := strings.Join(path, ".")
		keys[name] = true
		if strings.Contains(line, "{") && m[2] == "claims" {
			for _, inner := range regexp.MustCompile(`([a-z_]+):`).FindAllStringSubmatch(line[strings.Index(line, "{"):], -1) {
				keys[name+"."+inner[1]] = true
			}
		}
		out.WriteString(strings.Replace(line, "# ", "", 1) + "\n")
	}
	return out.String(), keys
}

func TestTheExampleDocumentsEachKeyAndLoads(t *testing.T) {
	if _, err := config.Load(config.Sources{File: example}); err != nil {
		t.Errorf("as it stands: %v", err)
	}
	text, keys := uncommented(t)
	leaves("", reflect.ValueOf(config.Config{}), func(key string, _ any) {
		// Citizens have the same keys as staff; the example says so.
		if !keys[key] && !keys[strings.Replace(key, ".citizens.", ".staff.", 1)] {
			t.Errorf("the example lacks %s", key)
		}
	})
	// Secrets in files of the example do not exist here.
	text = regexp.MustCompile(`(?m)^ *(client_secret|password|token|secret_key|webhook_secret)_file:.*\n`).ReplaceAllString(text, "")
	if _, err := config.Load(config.Sources{File: write(t, "all.yaml", text)}); err != nil {
		t.Errorf("with every key switched on: %v\n%s", err, text)
	}
}

func TestTheExampleShowsTheDefaults(t *testing.T) {
	raw, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"# staff: 1h", "# citizens: 20m", "# lifetime: 12h", "# port: 587", "# tls: starttls", "# timeout: 30s",
		"# level: info", "# format: json", "# sample: 0.1", "# demo: false"} {
		if !strings.Contains(string(raw), line+"\n") {
			t.Errorf("the example lacks %q", line)
		}
	}
	d := config.Default()
	if diff := cmp.Diff([]any{d.Sessions.Staff, d.Sessions.Citizens, d.Sessions.Lifetime, d.Email.Port, d.Email.TLS, d.Email.Timeout,
		d.Log.Level, d.Log.Format, d.Tracing.Sample, d.Demo},
		[]any{time.Hour, 20 * time.Minute, 12 * time.Hour, 587, "starttls", 30 * time.Second, "info", "json", 0.1, false}); diff != "" {
		t.Errorf("the defaults changed; change the example too:\n%s", diff)
	}
}

func TestNoTwoKeysShareAVariable(t *testing.T) {
	names := map[string]string{}
	leaves("", reflect.ValueOf(config.Config{}), func(key string, _ any) {
		if other := names[config.EnvName(key)]; other != "" {
			t.Errorf("%s and %s are both %s", key, other, config.EnvName(key))
		}
		names[config.EnvName(key)] = key
	})
	if len(names) < 40 {
		t.Errorf("only %d keys found", len(names))
	}
}

// Whatever a file holds, it is read or refused, and what was read can be checked.
func FuzzLoad(f *testing.F) {
	raw, err := os.ReadFile(example)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(raw))
	for _, seed := range []string{"", "a", "{}", "listen: [1, 2]", "email: {port: 1e9}", "a: &a [*a]", "? {a: b}\n: c", "email: {host: {x: 1}}",
		"proxies: {a: 1}", "1: 2", "sessions: {staff: 9223372036854775807}", "listen: !!binary aGk=", "email.host: x", "\x00", "tracing: {sample: .nan}"} {
		f.Add(seed)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(dir, "c.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(config.Sources{File: path, Flags: map[string]string{"data": dir, "pack": dir}})
		if err != nil {
			var problems config.Problems
			if !errors.As(err, &problems) || err.Error() == "" {
				t.Fatalf("not told plainly: %v", err)
			}
			return
		}
		config.Check(c)
	})
}
