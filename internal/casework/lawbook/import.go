package lawbook

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/store"
)

// Report is what an import did, counted in statutes.
type Report struct {
	New, Changed, Unchanged int
	Superseded              int // the book has a newer text of them, or a text where the file has none
	WithoutText             int // of the new and changed: the file only tells about the statute
	Sections                int // §§ written
	Changes                 int // raised for owners of case types
	Faults                  []statute.Fault
}

// maxBatch bounds one transaction of an import, in bytes of text: on SQLite everybody's changes wait for it.
const maxBatch = 1 << 20

// Import reads files and folders, and makes the book hold what they say.
func (s *Service) Import(ctx context.Context, by bodies.By, paths ...string) (Report, error) {
	var report Report
	files, err := files(paths, &report)
	if err != nil {
		return report, err
	}
	held, err := s.held(ctx)
	if err != nil {
		return report, err
	}
	run := &importing{s: s, by: by, report: &report, held: held, seen: map[string]bool{}, told: map[string]bool{}, cited: s.cited()}
	stop := make(chan struct{})
	defer close(stop)
	for f := range s.reading(files, maps.Clone(held), stop) { // the import keeps its own up to date
		r := <-f
		report.Faults = append(report.Faults, r.faults...)
		for _, p := range r.statutes {
			if err := run.take(ctx, p); err != nil {
				return report, err
			}
		}
		if err := ctx.Err(); err != nil {
			return report, err
		}
	}
	err = run.flush(ctx)
	s.stale.Store(true)
	if err == nil && report.Sections > 0 {
		err = s.settle(ctx)
	}
	return report, err
}

// settle lets PostgreSQL merge what the import has left waiting in its index.
func (s *Service) settle(ctx context.Context) error {
	if s.DB.Engine() != store.Postgres {
		return nil
	}
	err := s.DB.Write(store.Background(ctx), func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `SELECT gin_clean_pending_list('law_index_words')`)
		return err
	})
	if err != nil {
		return fmt.Errorf("merging the index of the law: %w", err)
	}
	return nil
}

// files are the files to read, folders opened, in the order of their names.
func files(paths []string, report *Report) ([]string, error) {
	var out []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("importing statutes: %w", err)
		}
		if !info.IsDir() {
			out = append(out, path)
			continue
		}
		err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				report.Faults = append(report.Faults, statute.Fault{File: name, Line: 1, Why: err.Error()})
				return nil
			case d.IsDir() && strings.HasPrefix(d.Name(), ".") && name != path:
				return fs.SkipDir
			case d.Type().IsRegular() && ofCollection(d.Name()):
				out = append(out, name)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("importing statutes: %w", err)
		}
	}
	return out, nil
}

// ofCollection tells statutes from the other files of a collection's folder.
func ofCollection(name string) bool {
	lower := strings.ToLower(name)
	if strings.HasPrefix(lower, ".") {
		return false
	}
	for _, other := range []string{"readme", "license", "contributing", "changelog", "package", "claude", "agents"} {
		if strings.HasPrefix(lower, other) {
			return false
		}
	}
	return strings.HasSuffix(lower, ".md") || strings.HasSuffix(lower, ".json")
}

// fileRead is what a file held.
type fileRead struct {
	statutes []*prepared
	faults   []statute.Fault
}

// reading reads the files on all processors, and gives what they held in the order of the files.
func (s *Service) reading(files []string, held map[string]standing, stop <-chan struct{}) <-chan chan fileRead {
	type job struct {
		file string
		done chan fileRead
	}
	jobs, out := make(chan job), make(chan chan fileRead, 4*runtime.GOMAXPROCS(0))
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for j := range jobs {
				j.done <- s.readFile(j.file, held)
			}
		}()
	}
	go func() {
		defer close(out)
		defer close(jobs)
		for _, f := range files {
			j := job{f, make(chan fileRead, 1)}
			select {
			case out <- j.done:
			case <-stop:
				return
			}
			select {
			case jobs <- j:
			case <-stop:
				return
			}
		}
	}()
	return out
}

// readFile reads a file. A statute that nobody could foresee the form of is a fault of its file, not the end of the import.
func (s *Service) readFile(file string, held map[string]standing) (out fileRead) {
	defer func() {
		if r := recover(); r != nil {
			out = fileRead{faults: []statute.Fault{{File: file, Line: 1, Why: fmt.Sprintf("the program failed on it: %v", r)}}}
		}
	}()
	info, err := os.Stat(file)
	if err == nil && info.Size() > statute.MaxFile {
		return fileRead{faults: []statute.Fault{{File: file, Line: 1, Why: fmt.Sprintf("the file is %d MB; a file of statutes may have %d", info.Size()>>20, statute.MaxFile>>20)}}}
	}
	data, err := os.ReadFile(file) //nolint:gosec // the operator's own file
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return fileRead{faults: []statute.Fault{{File: file, Line: 1, Why: err.Error()}}}
	}
	list, faults := statute.Read(file, data)
	out.faults = faults
	for _, st := range list {
		out.statutes = append(out.statutes, s.prepare(st, held))
	}
	return out
}

// standing is what the book holds of a statute, to tell whether a file is to take its place.
type standing struct {
	hash      string
	published string
	form      statute.Form
	text      bool
	version   int
}

// held is what the book holds.
func (s *Service) held(ctx context.Context) (map[string]standing, error) {
	out := map[string]standing{}
	type row struct {
		sfs string
		standing
	}
	list, err := store.All(ctx, s.DB, func(rows *store.Rows) (row, error) {
		var r row
		var has int
		err := rows.Scan(&r.sfs, &r.hash, &r.published, &r.form, &has, &r.version)
		r.text = has != 0
		return r, err
	}, `SELECT sfs, hash, published, form, has_text, version FROM law_statute`)
	if err != nil {
		return nil, fmt.Errorf("reading which statutes there are: %w", err)
	}
	for _, r := range list {
		out[r.sfs] = r.standing
	}
	return out, nil
}

// importing is an import under way.
type importing struct {
	s      *Service
	by     bodies.By
	report *Report
	held   map[string]standing
	seen   map[string]bool // in a file of this import
	told   map[string]bool // as new, changed or unchanged
	cited  map[string][]cited
	batch  []*prepared
	size   int
}

// take decides what becomes of a statute that was read.
func (i *importing) take(ctx context.Context, p *prepared) error {
	st := p.st
	now := standing{hash: p.hash, published: st.Published.String(), form: st.Form, text: st.HasText()}
	old, known := i.held[st.SFS]
	switch {
	case known && old.hash == now.hash:
		if !i.told[st.SFS] {
			i.report.Unchanged++
		}
		i.seen[st.SFS], i.told[st.SFS] = true, true
		return nil
	case known && !replaces(now, old, i.seen[st.SFS]):
		i.report.Superseded++
		i.seen[st.SFS] = true
		return nil
	}
	if slices.ContainsFunc(i.batch, func(o *prepared) bool { return o.st.SFS == st.SFS }) {
		if err := i.flush(ctx); err != nil {
			return err
		}
	}
	switch {
	case !known:
		i.report.New++
	case !i.told[st.SFS]:
		i.report.Changed++
	}
	i.told[st.SFS] = true
	if p.rows == nil { // the book held it when the import began, and no more
		p = i.s.prepare(st, nil)
	}
	p.version, p.known = old.version+1, known
	now.version = p.version
	i.held[st.SFS], i.seen[st.SFS] = now, true
	if !now.text {
		i.report.WithoutText++
	}
	i.report.Sections += st.Sections()
	i.batch, i.size = append(i.batch, p), i.size+p.size
	if i.size >= maxBatch || len(i.batch) >= 500 {
		return i.flush(ctx)
	}
	return nil
}

// replaces tells whether a file takes the place of what the book holds: text before none, newer before older, and of two files of the
// same import that are as new the JSON, which is closer to the source. The order is total, so that the same files give the same book.
func replaces(now, old standing, same bool) bool {
	switch {
	case now.text != old.text:
		return now.text
	case now.published != old.published:
		return now.published > old.published
	case now.form != old.form:
		return now.form == statute.JSON
	}
	return !same
}

// flush writes what has been gathered, in one transaction with one entry of the journal.
func (i *importing) flush(ctx context.Context) error {
	if len(i.batch) == 0 {
		return nil
	}
	batch := i.batch
	i.batch, i.size = nil, 0
	raised := 0
	_, err := i.s.Journal.Do(store.Background(ctx), func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		raised = 0 // it may run again
		numbers := make([]string, len(batch))
		for k, p := range batch {
			numbers[k] = p.st.SFS
			if p.known {
				n, err := i.s.raise(ctx, tx, p, i.cited[p.st.SFS])
				if err != nil {
					return journal.Entry{}, fmt.Errorf("comparing %s: %w", p.st.SFS, err)
				}
				raised += n
			}
		}
		if err := i.s.write(ctx, tx, batch); err != nil {
			return journal.Entry{}, err
		}
		return journal.Entry{Actor: i.by.Person, Mandate: i.by.Mandate, Action: ActionImported, Object: journal.Ref{Kind: objectKind, ID: store.NewID()},
			Payload: map[string]any{"statutes": numbers, "changes": raised}}, nil
	})
	if err != nil {
		return fmt.Errorf("importing statutes: %w", err)
	}
	i.report.Changes += raised
	return nil
}
