package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dygnet/internal/casework/archive"
	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/catalogue"
	"dygnet/internal/casework/clock"
	"dygnet/internal/casework/desk"
	"dygnet/internal/casework/disclosure"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/inbox"
	"dygnet/internal/casework/lawbook"
	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/notice"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/payment"
	"dygnet/internal/casework/printout"
	"dygnet/internal/casework/reach"
	"dygnet/internal/casework/represent"
	"dygnet/internal/casework/retention"
	"dygnet/internal/casework/roster"
	"dygnet/internal/casework/ruling"
	"dygnet/internal/casework/spool"
	"dygnet/internal/casework/statistics"
	"dygnet/internal/casework/studio"
	"dygnet/internal/casework/task"
	"dygnet/internal/casework/tie"
	"dygnet/internal/channels/email"
	"dygnet/internal/channels/pay"
	site "dygnet/internal/channels/web"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/config"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// App is a running installation.
type App struct {
	cfg     config.Config
	version string
	self    string // file of this program, to run the check of pages with; "": it is done in this process
	log     *slog.Logger
	clock   calendar.Clock

	db           *store.DB
	journal      *journal.Log
	bodies       *bodies.Service
	pack         *pack.Pack // as it was at the start
	packs        packs      // as it was read last
	types        *catalogue.Catalogue
	measure      *measure.Service
	ruling       *ruling.Module
	board        *notice.Module
	vault        *documents.Vault
	spool        *spool.Spool
	replay       func(context.Context) error // takes in what waits in the spool
	index        *search.Index
	cases        *cases.Service
	disclosure   *disclosure.Service
	publicPage   func(r *http.Request, title, section string) ui.Page
	caseClock    *clock.Service
	law          *lawbook.Service
	roster       *roster.Service
	tasks        *task.Service
	secrets      cases.Secrets
	ties         *tie.Service
	retention    *retention.Service
	population   population
	represent    *represent.Service
	reach        *reach.Service
	queue        *jobs.Queue
	dispatcher   *jobs.Dispatcher
	identity     *identity.Service
	texts        *i18n.Catalogue
	site         *ui.Site
	cache        *web.PageCache
	live         *live
	metrics      *web.Metrics
	follow       []byte         // key of what only the installation and the sender know
	mailbox      *email.Mailbox // the demo's
	sender       *email.Sender  // nil: nothing is sent
	till         *pay.Till      // the demo's
	stripe       *pay.Stripe    // nil: not used
	payments     *payment.Service
	mailListener net.Listener
	modules      modules
	closers      []io.Closer
}

// Those who follow the journal. Their place in it is kept under these names.
const (
	caseIndexer  = "cases.index"
	letterWriter = "email.cases"
)

// migrationsOf are the tables of every room.
func migrationsOf() []fs.FS {
	return append([]fs.FS{
		journal.Migrations, bodies.Migrations, identity.Migrations, documents.Migrations, jobs.Migrations, search.Migrations, cases.Migrations,
		catalogue.Migrations, email.Migrations, drafts.Migrations, payment.Migrations, represent.Migrations, inbox.Migrations, reach.Migrations, clock.Migrations, tie.Migrations, measure.Migrations, ruling.Migrations, notice.Migrations, disclosure.Migrations, task.Migrations, retention.Migrations, archive.Migrations, roster.Migrations, lawbook.Migrations,
	}, moduleMigrations()...)
}

// textsOf are the words of every room.
func textsOf() []fs.FS {
	return append([]fs.FS{ui.Texts, web.Texts, access.Texts, identity.Texts, casetype.Texts, email.Texts, printout.Texts, site.Texts, desk.Texts, office.Texts, studio.Texts, tie.Texts, task.Texts, ruling.Texts, notice.Texts, disclosure.Texts, clock.Texts, statistics.Texts, roster.Texts, lawbook.Texts, retention.Texts, archive.Texts, Texts}, moduleTexts()...)
}

// open builds an installation from its configuration. Close it at the end.
func open(ctx context.Context, cfg config.Config, log *slog.Logger, version string) (app *App, err error) {
	a := &App{cfg: cfg, version: version, log: log, clock: calendar.System(), live: newLive()}
	if cfg.Demo {
		a.clock = &demoClock{real: a.clock}
	}
	defer func() {
		if err != nil {
			_ = a.Close()
		}
	}()
	loaded := make(chan error, 1) // reading the pack and opening the database have nothing to do with each other
	go func() {
		var err error
		a.pack, err = pack.Load(os.DirFS(cfg.Pack))
		loaded <- err
	}()
	err = a.openStore(ctx)
	if perr := <-loaded; perr != nil {
		return nil, errors.Join(err, fmt.Errorf("the pack %s cannot be used:\n%w", cfg.Pack, perr))
	}
	if err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{a.openPack, a.openCasework, a.openModules, a.openSite, a.openEmail} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Close lets go of everything, last opened first.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i].Close())
	}
	a.closers = nil
	return errors.Join(errs...)
}

func (a *App) openStore(ctx context.Context) error {
	if err := os.MkdirAll(a.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	var err error
	if a.db, err = store.Open(ctx, store.Options{URL: string(a.cfg.Database), Migrations: migrationsOf(), Log: a.log}); err != nil {
		return err
	}
	a.closers = append(a.closers, a.db)
	key, err := journal.LoadKey(a.cfg.Journal.KeyFile, a.cfg.Journal.Origin)
	if err != nil {
		return err
	}
	if a.journal, err = journal.Open(ctx, a.db, key, a.clock, a.log); err != nil {
		return err
	}
	if a.bodies, err = bodies.Open(ctx, a.db, a.journal, a.clock, a.log); err != nil {
		return err
	}
	a.queue = jobs.New(a.db, a.clock, a.log, jobs.Settings{})
	a.dispatcher = jobs.NewDispatcher(a.db, a.journal, a.clock, a.log)
	return nil
}

func (a *App) openCasework(ctx context.Context) error {
	master, err := documents.LoadMasterKey(a.cfg.Documents.MasterKeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		master, err = documents.GenerateMasterKey(a.cfg.Documents.MasterKeyFile)
	}
	if err != nil {
		return err
	}
	if a.spool, err = spool.Open(spool.Options{Dir: filepath.Join(a.cfg.Data, "spool"), Key: master, Log: a.log, Least: minFree}); err != nil {
		return err
	}
	o := documents.Options{URL: a.cfg.Documents.URL, Key: master, Clock: a.clock}
	if a.cfg.Documents.ClamAV != "" {
		if o.Scanner, err = documents.Clamd(a.cfg.Documents.ClamAV); err != nil {
			return err
		}
	}
	if a.vault, err = documents.Open(ctx, a.db, o); err != nil {
		return err
	}
	a.closers = append(a.closers, a.vault)
	if a.follow, err = secretFile(filepath.Join(a.cfg.Data, "follow.key")); err != nil {
		return err
	}
	a.secrets = cases.NewSecrets(a.follow)
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		return err
	}
	keeper := clock.NewKeeper(days, a.clock, a.reminders)
	a.cases = cases.New(cases.Config{
		DB: a.db, Journal: a.journal, Clock: a.clock, Days: days, Types: a.types, Secrets: a.secrets,
		Organisation: organisation{bodies: a.bodies, pack: a.packs.Latest, clock: a.clock}, Gate: task.Gate{}, Watcher: keeper,
	})
	a.disclosure = disclosure.New(a.db, a.cases, a.vault, a.types, a.clock)
	a.openTasks(days)
	a.openRulings(days)
	a.openClock(keeper)
	a.population = population{bodies: a.bodies, pack: a.packs.Latest, clock: a.clock}
	a.represent = represent.New(a.db, a.journal, a.clock, a.population, a.population, a.follow)
	a.reach = reach.New(a.db, a.journal, a.clock)
	a.index = search.New(a.db.Engine())
	a.openTies()
	a.openLaw()
	a.openRoster()
	if err := a.openRetention(ctx); err != nil {
		return err
	}
	indexer := &cases.Indexer{Service: a.cases, Index: a.index}
	guard := a.newGuard()
	printer := a.newPrinter()
	// One subscriber for all: each costs every submission a write of its own.
	a.dispatcher.Subscribe(caseIndexer, func(ctx context.Context, tx *store.Tx, batch []journal.Recorded) error {
		return errors.Join(guard.handle(ctx, tx, batch), indexer.Handle(ctx, tx, batch), printer.Handle(ctx, tx, batch), a.measure.Handle(ctx, tx, batch), a.retention.Handle(ctx, tx, batch), a.roster.Handle(ctx, tx, batch))
	})
	a.openPayments()
	a.dispatcher.Listen(a.live.heard)
	a.upkeep()
	return nil
}

// upkeep is what the installation does for itself now and then.
func (a *App) upkeep() {
	a.every("documents.sweep", 24*time.Hour, func(ctx context.Context) error {
		_, err := a.vault.Sweep(ctx, 24*time.Hour)
		return err
	})
	a.every("documents.rescan", 5*time.Minute, a.rescan)
}

// every does some work once in each period, on one node. Call it before the queue starts.
func (a *App) every(name string, period time.Duration, work func(context.Context) error) {
	a.queue.Register(name, func(ctx context.Context, _ jobs.Run) error { return work(ctx) }, jobs.Options{Concurrency: 1, Timeout: 30 * time.Minute})
	a.queue.Every(name, period, jobs.Job{Kind: name, MaxAttempts: 3})
}

// rescan shows the scanner what came while it was out of reach.
func (a *App) rescan(ctx context.Context) error {
	if a.cfg.Documents.ClamAV == "" {
		return nil
	}
	ids, err := a.vault.Pending(ctx, 100)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := a.vault.Rescan(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) openSite(_ context.Context) error {
	var err error
	if a.texts, err = i18n.Load(textsOf()...); err != nil {
		return err
	}
	assets, err := ui.NewAssets(a.pack.Municipality.Theme)
	if err != nil {
		return err
	}
	m := a.pack.Municipality
	a.site = &ui.Site{
		Name: m.Name, Demo: a.cfg.Demo, Assets: assets,
		Contact: ui.Contact{Phone: m.Contact.Phone, Email: m.Contact.Email, Address: m.Contact.Visit.In(i18n.SV), Hours: m.Contact.Hours},
	}
	a.cache = web.NewPageCache(web.PageCacheOptions{Clock: a.clock})
	a.dispatcher.Listen(func(entries []journal.Recorded) {
		for _, e := range entries {
			if e.Object.Kind == "casetype" || e.Object.Kind == "organisation" || e.Action == lawbook.ActionImported {
				a.cache.Invalidate(site.CacheTopic)
			}
		}
	})
	return nil
}

// actor is who an official is to the rules, today.
func (a *App) actor(r *http.Request) (access.Actor, bool) {
	who := identity.From(r.Context())
	if who == nil || who.Kind != identity.Staff {
		return access.Actor{}, false
	}
	return access.Resolve(a.bodies.Directory(), who.PersonID, calendar.DateOf(a.clock.Now()), int(who.LoA)), true
}

// secretFile reads a file of 32 random bytes, or makes it.
func secretFile(path string) ([]byte, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator's data folder
	if errors.Is(err, fs.ErrNotExist) {
		key := make([]byte, 32)
		_, _ = rand.Read(key)
		return key, os.WriteFile(path, []byte(hex.EncodeToString(key)+"\n"), 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the key of follow codes: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("%s does not hold 32 bytes in hexadecimal", path)
	}
	return key, nil
}
