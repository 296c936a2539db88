package lawbook

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"sync"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/statute"
	"dygnet/internal/kernel/store"
)

const selectPart = `SELECT kind, chapter, number, line, body, since, until, cond, anchor FROM law_part`

func scanPart(rows *store.Rows) (statute.Part, error) {
	var p statute.Part
	var body, from, until string
	err := rows.Scan(&p.Kind, &p.Chapter, &p.Number, &p.Line, &body, &from, &until, &p.When, &p.Anchor)
	p.From, p.Until = date(from), date(until)
	if body != "" {
		p.Stycken = strings.Split(body, "\n")
		for i, t := range p.Stycken {
			p.Stycken[i] = strings.ReplaceAll(t, lineBreak, "\n")
		}
	}
	return p, err
}

// Statute gives what the book tells about a statute, or store.ErrNotFound.
func (s *Service) Statute(ctx context.Context, sfs string) (Statute, error) {
	b, err := s.books(ctx)
	if err != nil {
		return Statute{}, err
	}
	st, ok := b.statutes[sfs]
	if !ok {
		return Statute{}, store.ErrNotFound
	}
	var about string
	if err := s.DB.QueryRow(ctx, `SELECT about FROM law_statute WHERE sfs = $1`, sfs).Scan(&about); err != nil {
		return Statute{}, fmt.Errorf("reading the statute %s: %w", sfs, err)
	}
	if err := json.Unmarshal([]byte(about), &st.About); err != nil {
		return Statute{}, fmt.Errorf("reading the statute %s: %w", sfs, err)
	}
	return st, nil
}

// Contents gives the headings of a statute, without their text: what its page with contents shows.
func (s *Service) Contents(ctx context.Context, sfs string) ([]statute.Part, error) {
	list, err := store.All(ctx, s.DB, scanPart, `SELECT kind, chapter, number, line, '', since, until, cond, anchor FROM law_part
		WHERE sfs = $1 AND (kind IN ('division', 'chapter', 'transition', 'appendix') OR page = $2) ORDER BY n`, sfs, noChapter)
	if err != nil {
		return nil, fmt.Errorf("reading the contents of %s: %w", sfs, err)
	}
	return list, nil
}

// Page gives the text of a page of a statute: a chapter, what has no chapter ("-"), or what comes after the law's own text ("mer").
func (s *Service) Page(ctx context.Context, sfs, page string) ([]statute.Part, error) {
	list, err := store.All(ctx, s.DB, scanPart, selectPart+` WHERE sfs = $1 AND page = $2 AND kind <> 'statute' ORDER BY n`, sfs, page)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", sfs, err)
	}
	return list, nil
}

// Provision is a § of a statute.
type Provision struct{ SFS, Chapter, Section string }

// Section gives the wordings of a §, the one that applies today first, and the §§ before and after it in its chapter.
func (s *Service) Section(ctx context.Context, p Provision) (wordings []statute.Part, before, after string, err error) {
	page := p.Chapter
	if page == "" {
		page = noChapter
	}
	list, err := s.Page(ctx, p.SFS, page)
	if err != nil {
		return nil, "", "", err
	}
	wordings = (&statute.Statute{Parts: list}).Find(p.Chapter, p.Section, s.today())
	if len(wordings) == 0 {
		return nil, "", "", store.ErrNotFound
	}
	passed := false
	for _, part := range list {
		switch {
		case part.Kind != statute.Section:
		case part.Number == wordings[0].Number:
			passed = true
		case !passed:
			before = part.Number
		case after == "":
			after = part.Number
		}
	}
	return wordings, before, after, nil
}

// Sections gives the §§ of several citations at once, each statute's in the order of its text; whole chapters and statutes are left out.
func (s *Service) Sections(ctx context.Context, list []statute.Citation) ([][]statute.Part, error) {
	out := make([][]statute.Part, len(list))
	var where []string
	var args []any
	for _, c := range list {
		if len(c.Sections) > 0 && c.ChapterTo == "" {
			args = append(args, c.SFS, c.Chapter)
			where = append(where, fmt.Sprintf("(sfs = $%d AND chapter = $%d)", len(args)-1, len(args)))
		}
	}
	if len(where) == 0 {
		return out, nil
	}
	type found struct {
		sfs string
		statute.Part
	}
	//nolint:gosec // only placeholders are put in
	parts, err := store.All(ctx, s.DB, func(rows *store.Rows) (found, error) {
		var f found
		var body, from, until string
		err := rows.Scan(&f.sfs, &f.Kind, &f.Chapter, &f.Number, &f.Line, &body, &from, &until, &f.When, &f.Anchor)
		f.From, f.Until = date(from), date(until)
		f.Stycken = strings.Split(strings.ReplaceAll(body, lineBreak, " "), "\n")
		return f, err
	}, `SELECT sfs, kind, chapter, number, line, body, since, until, cond, anchor FROM law_part WHERE kind = 'section' AND (`+strings.Join(where, " OR ")+`) ORDER BY sfs, n`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the law of a case: %w", err)
	}
	today := s.today()
	for i, c := range list {
		for _, f := range parts {
			if f.sfs == c.SFS && len(c.Sections) > 0 && c.Covers(f.Chapter, f.Number) && f.Applies(today) {
				out[i] = append(out[i], f.Part)
			}
		}
	}
	return out, nil
}

// counter counts what is read until it is written.
type counter struct {
	mu     sync.Mutex
	counts map[Provision]int64
}

// maxCounted bounds what is counted in memory.
const maxCounted = 20_000

// count notes that a § has been read.
func (s *Service) count(p Provision) {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	if _, known := s.uses.counts[p]; known || len(s.uses.counts) < maxCounted {
		s.uses.counts[p]++
	}
}

// WriteCounts writes what has been read since it was called last. It is not journalled: it says nothing about anybody.
func (s *Service) WriteCounts(ctx context.Context) error {
	s.uses.mu.Lock()
	counts := s.uses.counts
	s.uses.counts = map[Provision]int64{}
	s.uses.mu.Unlock()
	if len(counts) == 0 {
		return nil
	}
	keys := make([]Provision, 0, len(counts))
	for p := range counts {
		keys = append(keys, p)
	}
	sort.Slice(keys, func(i, j int) bool { // rows in one order: two nodes never wait for each other
		a, b := keys[i], keys[j]
		return a.SFS+" "+a.Chapter+":"+a.Section < b.SFS+" "+b.Chapter+":"+b.Section
	})
	err := s.DB.Write(store.Background(ctx), func(ctx context.Context, tx *store.Tx) error {
		for _, p := range keys {
			if _, err := tx.Exec(ctx, `INSERT INTO law_use (sfs, chapter, section, n) VALUES ($1, $2, $3, $4)
				ON CONFLICT (sfs, chapter, section) DO UPDATE SET n = law_use.n + excluded.n`, p.SFS, p.Chapter, p.Section, counts[p]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting what law is read: %w", err)
	}
	return nil
}

// Use is how often a § has been read.
type Use struct {
	Provision
	N int
}

// Used gives the §§ that are read most, most first.
func (s *Service) Used(ctx context.Context, limit int) ([]Use, error) {
	list, err := store.All(ctx, s.DB, func(rows *store.Rows) (Use, error) {
		var u Use
		return u, rows.Scan(&u.SFS, &u.Chapter, &u.Section, &u.N)
	}, `SELECT sfs, chapter, section, n FROM law_use ORDER BY n DESC, sfs, chapter, section LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("reading what law is read: %w", err)
	}
	return list, nil
}

// find finds the citations of a text, with the titles of the whole book.
func (s *Service) find(ctx context.Context, text string, in statute.Within, on calendar.Date) ([]statute.Citation, *shelf, error) {
	b, err := s.books(ctx)
	if err != nil {
		return nil, nil, err
	}
	return b.index.FindIn(text, in, on), b, nil
}
