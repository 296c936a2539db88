// Command dygnet is a municipality's digital town hall: the server, and the tools of those who run it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"dygnet/internal/app"
)

// version is set by the build.
var version = "dev"

// commands is what can be said on the command line.
type commands struct {
	Config string `help:"Configuration file." type:"path" env:"DYGNET_CONFIG"`

	Serve   serveCmd   `cmd:"" help:"Run the server."`
	Demo    demoCmd    `cmd:"" help:"Run a demonstration with invented people on this machine."`
	Check   checkCmd   `cmd:"" help:"Say in plain words what is wrong with the configuration, the database and what it leans on."`
	Backup  backupCmd  `cmd:"" help:"Copy the running installation into an empty folder and verify the copy."`
	Restore restoreCmd `cmd:"" help:"Verify a backup and put it back where nothing is yet."`
	Journal struct {
		Verify journalVerifyCmd `cmd:"" help:"Recompute the whole journal and name every row that was changed, removed or inserted."`
	} `cmd:"" help:"The journal."`
	Receipt struct {
		Verify receiptVerifyCmd `cmd:"" help:"Verify a citizen's receipt without any network."`
	} `cmd:"" help:"Receipts."`
	Pack struct {
		Check packCheckCmd `cmd:"" help:"Say what is wrong with a pack, by file, line and column."`
	} `cmd:"" help:"Packs: municipalities as files."`
	Casetype struct {
		Test   casetypeTestCmd   `cmd:"" help:"Run the examples of case types: files, folders or packs."`
		Diff   casetypeDiffCmd   `cmd:"" help:"Say what is different between two files of a case type."`
		New    casetypeNewCmd    `cmd:"" help:"Write the file of a new case type, with comments in Swedish."`
		Schema casetypeSchemaCmd `cmd:"" help:"Print the JSON Schema of a kind of file, for editors."`
	} `cmd:"" help:"Case types: e-services as files."`
	Decision struct {
		Verify decisionVerifyCmd `cmd:"" help:"Verify the document of a decision without any network."`
	} `cmd:"" help:"Decisions."`
	Admin struct {
		Create adminCreateCmd `cmd:"" help:"Make the first administrator and a one-time link to sign in with."`
	} `cmd:"" help:"Administrators."`
	Maintenance maintenanceCmd `cmd:"" help:"Switch the maintenance page on or off; what is handed in meanwhile is kept."`
	Payments    paymentsCmd    `cmd:"" help:"List for finance what was paid and became no matter, as CSV."`
	Archive     struct {
		Export archiveExportCmd `cmd:"" help:"Write closed cases as FGS 2.0 packages for the e-archive, one file each."`
	} `cmd:"" help:"The e-archive."`
	Law struct {
		Import lawImportCmd `cmd:"" help:"Read statutes: Markdown with front matter, or JSON of Regeringskansliets rättsdatabaser."`
	} `cmd:"" help:"Statutes beside the cases."`
	Pages   pagesCmd   `cmd:"" hidden:"" help:"Look for damaged pages, for the server that asks."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

type serveCmd struct {
	Set map[string]string `help:"Set a configuration key: --set listen=:8080." placeholder:"KEY=VALUE"`
}

func (c *serveCmd) Run(ctx context.Context, root *commands) error {
	return app.Serve(ctx, app.ServeOptions{Config: root.Config, Set: c.Set, Version: version, Self: self(), Out: os.Stdout, Err: os.Stderr})
}

type demoCmd struct {
	Pack   string `help:"Folder of the pack." required:"" type:"existingdir"`
	Listen string `help:"Address to listen on." default:"127.0.0.1:8080"`
	Data   string `help:"Folder to keep the demonstration in; empty: a temporary one that goes when it stops." type:"path"`
	DB     string `help:"Database URL; empty: SQLite in the folder." name:"database"`
	Scale  bool   `help:"Fill it with a model year: 12 000 cases, 60 000 messages, 40 000 documents. Takes some minutes."`
}

func (c *demoCmd) Run(ctx context.Context) error {
	return app.Demo(ctx, app.DemoOptions{Pack: c.Pack, Listen: c.Listen, Data: c.Data, Database: c.DB, Year: c.Scale, Version: version, Self: self(), Out: os.Stdout, Err: os.Stderr})
}

type checkCmd struct{}

func (checkCmd) Run(ctx context.Context, root *commands) error {
	return app.Check(ctx, root.Config, os.Stdout)
}

type backupCmd struct {
	Dir string `arg:"" help:"New folder for the backup." type:"path"`
}

func (c *backupCmd) Run(ctx context.Context, root *commands) error {
	return app.Backup(ctx, root.Config, c.Dir, os.Stdout)
}

type restoreCmd struct {
	Dir string `arg:"" help:"Folder of the backup." type:"existingdir"`
}

func (c *restoreCmd) Run(ctx context.Context, root *commands) error {
	return app.Restore(ctx, root.Config, c.Dir, os.Stdout)
}

type journalVerifyCmd struct {
	Database string `help:"Database URL; empty: the configuration's." name:"database"`
	Key      string `help:"File with the public key; empty: the configuration's journal key." type:"path"`
	// An end that was cut off together with its checkpoints is seen by nothing else.
	Checkpoint []string `help:"File with a signed checkpoint kept since another day (from /journal/checkpoint); may be repeated." type:"existingfile"`
}

func (c *journalVerifyCmd) Run(ctx context.Context, root *commands) error {
	return app.VerifyJournal(ctx, root.Config, c.Database, c.Key, c.Checkpoint, os.Stdout)
}

type receiptVerifyCmd struct {
	File string `arg:"" help:"The receipt." type:"existingfile"`
	Key  string `help:"The municipality's public key: the text itself, or a file with it." required:""`
}

func (c *receiptVerifyCmd) Run() error { return app.VerifyReceipt(c.File, c.Key, os.Stdout) }

type decisionVerifyCmd struct {
	File      string `arg:"" help:"The decision, saved with its signature; or its paper copy." type:"existingfile"`
	Signature string `help:"File with the signature, when it is not in the decision's own file." type:"existingfile" optional:""`
	Key       string `help:"The municipality's public key: the text itself, or a file with it." required:""`
}

func (c *decisionVerifyCmd) Run() error {
	return app.VerifyDecision(c.File, c.Signature, c.Key, os.Stdout)
}

type packCheckCmd struct {
	Dir string `arg:"" help:"Folder of the pack." type:"existingdir"`
}

func (c *packCheckCmd) Run() error { return app.CheckPack(c.Dir, os.Stdout) }

type casetypeTestCmd struct {
	Paths []string `arg:"" help:"Files, folders or packs." type:"path"`
}

func (c *casetypeTestCmd) Run() error { return app.TestCaseTypes(c.Paths, os.Stdout) }

type casetypeDiffCmd struct {
	Old string `arg:"" help:"The earlier version." type:"existingfile"`
	New string `arg:"" help:"The later version." type:"existingfile"`
}

func (c *casetypeDiffCmd) Run() error { return app.DiffCaseTypes(c.Old, c.New, os.Stdout) }

type casetypeNewCmd struct {
	ID  string `arg:"" help:"The id of the case type, part of its address: bygglov."`
	Dir string `arg:"" help:"Folder of the pack, or of the file." type:"existingdir" default:"."`
}

func (c *casetypeNewCmd) Run() error { return app.NewCaseType(c.ID, c.Dir, os.Stdout) }

type casetypeSchemaCmd struct {
	Kind string `arg:"" help:"Kind of file: case-type, municipality, organisation …" default:"case-type"`
}

func (c *casetypeSchemaCmd) Run() error { return app.PrintSchema(c.Kind, os.Stdout) }

type archiveExportCmd struct {
	Case []string `help:"Diarienummer of a closed case; may be repeated." placeholder:"NUMBER"`
	Due  bool     `help:"All closed cases that are to be preserved and not delivered yet."`
	Out  string   `help:"Folder for the packages; nothing in it is written over." required:"" type:"path"`
}

func (c *archiveExportCmd) Run(ctx context.Context, root *commands) error {
	return app.ExportArchive(ctx, root.Config, c.Out, version, c.Case, c.Due, os.Stdout)
}

type adminCreateCmd struct {
	Name  string `arg:"" help:"Name of the administrator."`
	Email string `arg:"" help:"E-mail address of the administrator."`
}

func (c *adminCreateCmd) Run(ctx context.Context, root *commands) error {
	return app.CreateAdmin(ctx, root.Config, c.Name, c.Email, os.Stdout)
}

type paymentsCmd struct{}

func (paymentsCmd) Run(ctx context.Context, root *commands) error {
	return app.UnclaimedPayments(ctx, root.Config, os.Stdout)
}

type maintenanceCmd struct {
	Switch string `arg:"" enum:"on,off" help:"on or off."`
}

func (c *maintenanceCmd) Run(root *commands) error {
	return app.Maintenance(root.Config, c.Switch == "on", os.Stdout)
}

type lawImportCmd struct {
	Paths []string `arg:"" help:"Files and folders of statutes." type:"path"`
}

func (c *lawImportCmd) Run(ctx context.Context, root *commands) error {
	return app.ImportLaw(ctx, root.Config, c.Paths, os.Stdout)
}

// pagesCmd is what a server runs beside itself.
type pagesCmd struct {
	Database string `arg:"" help:"Database URL."`
}

func (c *pagesCmd) Run(ctx context.Context) error {
	return app.CheckPages(ctx, c.Database, os.Stdin)
}

type versionCmd struct{}

func (versionCmd) Run() error {
	_, err := fmt.Println("dygnet", version)
	return err
}

// self is the file of this program; "" where the system does not tell.
func self() string {
	file, err := os.Executable()
	if err != nil {
		return ""
	}
	return file
}

func main() { os.Exit(run(os.Args[1:])) }

// run is the whole program; it gives the exit code: 0 done, 1 failed or found something wrong, 2 not understood,
// app.ExitDamaged for a damaged database.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	parser, err := kong.New(&c, kong.Name("dygnet"), kong.Description("A Swedish municipality's digital town hall."),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.UsageOnError(), kong.Exit(func(code int) { os.Exit(code) }))
	if err != nil {
		fmt.Fprintln(os.Stderr, "dygnet:", err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "dygnet:", err)
		return 2
	}
	if err := parsed.Run(&c); err != nil {
		if !errors.Is(err, app.ErrFound) { // what was found has been printed
			fmt.Fprintln(os.Stderr, "dygnet:", err)
		}
		if errors.Is(err, app.ErrDamaged) {
			return app.ExitDamaged
		}
		return 1
	}
	return 0
}
