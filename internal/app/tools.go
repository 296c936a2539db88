package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/backup"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/config"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// ErrFound means that a command found something wrong and has printed it.
var ErrFound = errors.New("something is wrong")

func load(file string) (config.Config, error) {
	return config.Load(config.Sources{File: file, Environ: os.Environ()})
}

// CheckPack prints what is wrong with a pack.
func CheckPack(dir string, out io.Writer) error {
	problems := pack.Check(os.DirFS(dir))
	for _, p := range problems {
		if _, err := fmt.Fprintln(out, p); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		return ErrFound
	}
	_, err := fmt.Fprintf(out, "%s: no problems\n", dir)
	return err
}

// VerifyReceipt checks a receipt against a public key, without any network.
func VerifyReceipt(file, key string, out io.Writer) error {
	raw, err := os.ReadFile(file) //nolint:gosec // the caller's own file
	if err != nil {
		return fmt.Errorf("reading the receipt: %w", err)
	}
	if text, err := os.ReadFile(key); err == nil { //nolint:gosec // the caller's own file
		key = publicLine(string(text))
	}
	r, err := journal.ParseReceipt(raw)
	if err != nil {
		return err
	}
	if err := r.Verify(key); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "genuine: %s, entry %d, %s, %s\n", r.Reference, r.Seq, r.Entry.Action, calendar.FormatTime(r.Entry.At, "en"))
	return err
}

// publicLine finds the public key in a key file, which may hold the secret one too.
func publicLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "PRIVATE+") {
			return line
		}
	}
	return strings.TrimSpace(text)
}

// maxDifferences keeps what is printed readable when much is wrong.
const maxDifferences = 100

// VerifyJournal recomputes the journal and prints every row that is not what it was. Checkpoints are files with checkpoints that somebody
// has kept outside the installation.
func VerifyJournal(ctx context.Context, file, database, keyFile string, checkpoints []string, out io.Writer) error {
	var held []string
	for _, name := range checkpoints {
		text, err := os.ReadFile(name) //nolint:gosec // the operator's own file
		if err != nil {
			return fmt.Errorf("reading a checkpoint that was kept: %w", err)
		}
		held = append(held, string(text))
	}
	if database == "" || keyFile == "" {
		cfg, err := load(file)
		if err != nil {
			return err
		}
		if database == "" {
			database = string(cfg.Database)
		}
		if keyFile == "" {
			keyFile = cfg.Journal.KeyFile
		}
	}
	text, err := os.ReadFile(keyFile) //nolint:gosec // the operator's own file
	if err != nil {
		return fmt.Errorf("reading the journal's public key: %w", err)
	}
	db, err := store.Open(ctx, store.Options{URL: database, Log: slog.New(slog.DiscardHandler), AsIs: true})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	report, err := journal.Verify(ctx, db, publicLine(string(text)), held...)
	if err != nil {
		return err
	}
	for _, f := range report.Findings {
		if _, err := fmt.Fprintln(out, f); err != nil {
			return err
		}
	}
	different := 0
	if err := cases.Compare(ctx, db, func(d cases.Difference) {
		if different++; different <= maxDifferences {
			_, werr := fmt.Fprintln(out, d)
			err = errors.Join(err, werr)
		}
	}); err != nil {
		return err
	}
	if err != nil || !report.Sound() || different > 0 {
		return errors.Join(err, ErrFound)
	}
	_, err = fmt.Fprintf(out, "sound: every case says what was journalled; %d entries, %d payloads (%d erased with an entry that says so), %d signed checkpoints, the last of %d entries\n",
		report.Entries, report.Payloads, report.Erased, report.Checkpoints, report.Head.Size)
	return err
}

// Backup copies the installation that the configuration names.
func Backup(ctx context.Context, file, dir string, out io.Writer) error {
	cfg, err := load(file)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, store.Options{URL: string(cfg.Database), Log: slog.New(slog.DiscardHandler), AsIs: true})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	key, err := journal.LoadKey(cfg.Journal.KeyFile, cfg.Journal.Origin)
	if err != nil {
		return err
	}
	log, err := journal.Open(ctx, db, key, calendar.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	m, err := backup.Make(ctx, backup.Source{DB: db, URL: string(cfg.Database), Documents: folder(cfg.Documents.URL), Journal: log, Clock: calendar.System()}, dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "verified backup in %s: %d files, %d bytes. The keys are not in it: keep %s and %s elsewhere.\n",
		dir, len(m.Files), m.Bytes, cfg.Documents.MasterKeyFile, cfg.Journal.KeyFile)
	return err
}

// Restore puts a backup back where the configuration says, if nothing is there.
func Restore(ctx context.Context, file, dir string, out io.Writer) error {
	cfg, err := load(file)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	gone, err := destroyedSince(cfg)
	if err != nil {
		return err
	}
	m, err := backup.Restore(ctx, dir, backup.Target{URL: string(cfg.Database), Documents: folder(cfg.Documents.URL)})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "restored the backup of %s (%d files). Put the keys back before you start: %s and %s.\n",
		m.Made.Format(time.RFC3339), len(m.Files), cfg.Documents.MasterKeyFile, cfg.Journal.KeyFile); err != nil {
		return err
	}
	return destroyAgain(ctx, cfg, gone, out)
}

// folder is the local folder of documents, "" when they lie in a bucket.
func folder(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme == "":
		return address
	case u.Scheme == "file":
		return u.Path
	}
	return ""
}

// Check says what is wrong with the configuration, then tries what it names: pack, database and its pages.
func Check(ctx context.Context, file string, out io.Writer) error {
	cfg, err := load(file)
	if err != nil {
		return err
	}
	bad := false
	say := func(format string, args ...any) {
		_, werr := fmt.Fprintf(out, format+"\n", args...)
		err = errors.Join(err, werr)
	}
	problems := config.Check(cfg)
	for _, p := range problems {
		say("%s", p)
		bad = bad || !p.Warning
	}
	if list := pack.Check(os.DirFS(cfg.Pack)); len(list) > 0 {
		bad = true
		for _, p := range list {
			say("pack: %s", p)
		}
	} else {
		say("pack: %s is in order", cfg.Pack)
	}
	if db, oerr := store.Open(ctx, store.Options{URL: string(cfg.Database), Log: slog.New(slog.DiscardHandler), AsIs: true}); oerr != nil {
		bad = true
		say("database: %v", oerr)
	} else {
		if cerr := db.QuickCheck(ctx, 0); cerr != nil {
			bad = true
			say("database: %v", cerr)
		} else {
			say("database: every page is in order")
		}
		err = errors.Join(err, db.Close())
	}
	for _, p := range outside(ctx, cfg) {
		say("%s: %s", p.name, p.said)
		bad = bad || p.bad
	}
	if err == nil && bad {
		return ErrFound
	}
	return err
}

// reached is whether something outside answers.
type reached struct {
	name, said string
	bad        bool
}

// outside tries what the configuration leans on outside this machine.
func outside(ctx context.Context, cfg config.Config) []reached {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var out []reached
	try := func(name string, probe func() error) {
		r := reached{name: name, said: "answers"}
		if err := probe(); err != nil {
			r.said, r.bad = err.Error(), true
		}
		out = append(out, r)
	}
	if cfg.Email.Host != "" {
		try("mail server", func() error { return mailServer(cfg.Email).Ping(ctx) })
	}
	for name, p := range map[string]config.Provider{"sign-in of staff": cfg.SignIn.Staff, "sign-in of citizens": cfg.SignIn.Citizens} {
		if p.Issuer != "" {
			try(name, func() error {
				_, err := oidc.NewProvider(ctx, p.Issuer)
				return err
			})
		}
	}
	return out
}

// CreateAdmin makes an administrator and prints a link to sign in with once.
func CreateAdmin(ctx context.Context, file, name, email string, out io.Writer) error {
	cfg, err := load(file)
	if err != nil {
		return err
	}
	a, err := open(ctx, cfg, newLog(cfg.Log, io.Discard), "")
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if err := a.openIdentity(ctx); err != nil {
		return err
	}
	invitation, err := a.identity.AdminCreate(ctx, name, email)
	if err != nil {
		return err
	}
	who := invitation.Person
	d := a.bodies.Directory()
	if !holds(d.MandatesOf(who.ID, calendar.DateOf(a.clock.Now())), "systemadmin") {
		m := bodies.Mandate{Person: who.ID, Role: "systemadmin", Place: bodies.Place{Member: a.pack.Municipality.Member}, From: calendar.DateOf(a.clock.Now())}
		if _, err := a.bodies.Appoint(ctx, bodies.By{Person: journal.System}, m); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "%s may run the installation and nothing else. Sign in once, before "+calendar.FormatTime(invitation.Expires, "en")+", and add a passkey:\n%s\n", name, invitation.Link)
	return err
}

func holds(list []bodies.Mandate, role string) bool {
	for _, m := range list {
		if m.Role == role {
			return true
		}
	}
	return false
}
