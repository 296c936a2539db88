package archive

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"strings"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/journal"
)

// Vault opens documents; *documents.Vault is it.
type Vault interface {
	Open(ctx context.Context, id string) (documents.Document, io.ReadCloser, error)
}

// Cases reads whole cases; *cases.Service is it.
type Cases interface {
	Whole(ctx context.Context, id string) (cases.OfficerView, error)
}

// Journal proves what is said of a case; *journal.Log is it.
type Journal interface {
	About(ctx context.Context, object journal.Ref) ([]journal.Recorded, error)
	Receipt(ctx context.Context, id, reference string) (journal.Receipt, error)
}

// Config is what packages are written from. All fields are required.
type Config struct {
	Cases     Cases
	Vault     Vault
	Journal   Journal
	Directory func() *bodies.Directory
	// Protected tells whether a person has protected personal data.
	Protected func(ctx context.Context, person string) (bool, error)
	// TypeText is a definition as it is kept: catalogue.Text.
	TypeText func(def casetype.Definition) ([]byte, error)
	// Archive is who delivers: the name of the municipality and its organisationsnummer. Version is the program's.
	Archive, Number, Version string
}

// Exporter writes packages.
type Exporter struct{ Config }

// New makes an exporter.
func New(c Config) *Exporter { return &Exporter{c} }

// ErrOpen means that only a closed case can be delivered.
var ErrOpen = errors.New("the case is open; only a closed case can be delivered to the e-archive")

// Written is what a package holds.
type Written struct {
	Number string
	Files  int
	Bytes  int64  // of the zip
	SHA256 string // of the zip, hex
}

// file is a line of METS: what was written into the package.
type file struct {
	path, mime, sha256 string
	size               int64
	name               string // as people named it, "" for what the program wrote
}

// parcel is a package under way.
type parcel struct {
	*Exporter
	ctx   context.Context //nolint:containedctx // lives as long as one call
	view  cases.OfficerView
	dir   *bodies.Directory
	at    time.Time
	root  string
	zip   *zip.Writer
	files []file
}

// Write writes the package of a closed case. at is the moment of the delivery, which the package says.
func (x *Exporter) Write(ctx context.Context, w io.Writer, caseID string, at time.Time) (Written, error) {
	view, err := x.Cases.Whole(ctx, caseID)
	if err != nil {
		return Written{}, err
	}
	if view.Case.Open {
		return Written{}, ErrOpen
	}
	sum := &counted{w: w, hash: sha256.New()}
	p := &parcel{Exporter: x, ctx: ctx, view: view, dir: x.Directory(), at: at.UTC(), root: Name(view.Case.Number), zip: zip.NewWriter(sum)}
	for _, part := range []func() error{p.erms, p.documents, p.decisions, p.tables, p.proofs, p.documentation, p.premis, p.mets, p.zip.Close} {
		if err := part(); err != nil {
			return Written{}, fmt.Errorf("writing the package of %s: %w", view.Case.Number, err)
		}
	}
	return Written{Number: view.Case.Number, Files: len(p.files), Bytes: sum.n, SHA256: hex.EncodeToString(sum.hash.Sum(nil))}, nil
}

// Name is a diarienummer as the name of a package: "KS-2026-00123".
func Name(number string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_':
			return r
		}
		return '-'
	}, number)
}

// put streams a file into the package.
func (p *parcel) put(name, mime, original string, write func(io.Writer) error) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: p.root + "/" + name, Method: zip.Store, Modified: p.at})
	if err != nil {
		return err
	}
	sum := &counted{w: w, hash: sha256.New()}
	if err := write(sum); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p.files = append(p.files, file{path: name, mime: mime, sha256: hex.EncodeToString(sum.hash.Sum(nil)), size: sum.n, name: original})
	return nil
}

// documentPath is where a document lies in the package.
func documentPath(d cases.Document) string {
	return fmt.Sprintf("%shandlingar/%04d%s", dataDir, d.N, extension(d.Name))
}

// dataDir holds the one representation of the case.
const dataDir = "representations/rep1/data/"

// extension is that of a name, if it is a plain one.
func extension(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if len(ext) < 2 || len(ext) > 8 || strings.Trim(ext[1:], "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return ".bin"
	}
	return ext
}

func (p *parcel) documents() error {
	for _, d := range p.view.Documents {
		err := p.put(documentPath(d), d.Mime, d.Name, func(w io.Writer) error {
			_, r, err := p.Vault.Open(p.ctx, d.Document)
			if err != nil {
				return err
			}
			_, err = io.Copy(w, r)
			return errors.Join(err, r.Close())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// proofs are the journal's receipts of all that was done in the case, one a file.
func (p *parcel) proofs() error {
	list, err := p.Journal.About(p.ctx, journal.Ref{Kind: "case", ID: p.view.Case.ID})
	if err != nil {
		return err
	}
	for i, e := range list {
		r, err := p.Journal.Receipt(p.ctx, e.ID, p.view.Case.Number)
		if err != nil {
			return err
		}
		if err := p.put(fmt.Sprintf("%sbevis/%04d.json", dataDir, i+1), "application/json", "", func(w io.Writer) error { return json.NewEncoder(w).Encode(r) }); err != nil {
			return err
		}
	}
	return nil
}

func (p *parcel) documentation() error {
	text, err := p.TypeText(p.view.Type.Definition)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("documentation/arendetyp-%s-v%d.json", p.view.Type.ID, p.view.Type.Version)
	return p.put(name, "application/json", "", func(w io.Writer) error { _, err := w.Write(text); return err })
}

// counted counts and hashes what is written through it.
type counted struct {
	w    io.Writer
	hash hash.Hash
	n    int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	_, _ = c.hash.Write(b[:n])
	return n, err
}
