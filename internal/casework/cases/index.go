package cases

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/store"
)

// Indexer keeps cases findable: it follows the journal and puts each case that changed into the search index.
type Indexer struct {
	Service *Service
	Index   *search.Index
}

// Handle is a subscriber of the journal's dispatcher.
func (x *Indexer) Handle(ctx context.Context, tx *store.Tx, batch []journal.Recorded) error {
	seen := map[string]bool{}
	docs := make([]search.Document, 0, len(batch))
	for _, e := range batch {
		if e.Object.Kind != objectKind || e.Action == ActionRead || seen[e.Object.ID] {
			continue
		}
		seen[e.Object.ID] = true
		doc, err := x.document(ctx, tx, e.Object.ID)
		if errors.Is(err, ErrDestroyed) {
			if err := x.Index.Remove(ctx, tx, e.Object.ID); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("indexing a case: %w", err)
		}
		docs = append(docs, doc)
	}
	return x.Index.Put(ctx, tx, docs...)
}

// document is all that can be found of a case: number and subject first, then answers, parties and what was written. The index is a copy
// that outlives what people look at, so personal numbers are never in it, and of whoever has protected personal data neither address nor
// ways to reach them.
func (x *Indexer) document(ctx context.Context, q store.Queryer, id string) (search.Document, error) {
	c, err := load(ctx, q, id)
	if err != nil {
		return search.Document{}, err
	}
	list, err := parties(ctx, q, id)
	if err != nil {
		return search.Document{}, err
	}
	var b strings.Builder
	line := func(parts ...string) {
		for _, p := range parts {
			if p != "" {
				b.WriteString(unnumbered(p))
				b.WriteByte('\n')
			}
		}
	}
	for _, p := range list {
		if line(p.Name); !c.Protected {
			line(p.Email)
			b.WriteString(p.Phone + "\n") // as it is: many look like personal numbers
		}
	}
	if !c.Protected {
		line(c.Place.Address)
	}
	if ct, err := x.Service.typeOf(c); err == nil {
		line(ct.Title.In(i18n.SV))
		for i := range ct.Form.Steps {
			for j := range ct.Form.Steps[i].Questions {
				line(findable(ct, &ct.Form.Steps[i].Questions[j], c)...)
			}
		}
	}
	if c.Events > 1 {
		said, err := events(ctx, q, id, true)
		if err != nil {
			return search.Document{}, err
		}
		for _, e := range said {
			line(e.Body)
		}
	}
	own := []string{c.Assignee, c.Addressee}
	for _, p := range list {
		own = append(own, p.Person)
	}
	slices.Sort(own)
	own = slices.DeleteFunc(slices.Compact(own), func(p string) bool { return p == "" })
	return search.Document{
		ID: c.ID, Kind: objectKind, Title: c.Number + " " + unnumbered(c.Subject), Body: b.String(), Member: c.Member, Unit: c.Unit, Parties: own, UpdatedAt: c.ChangedAt,
	}, nil
}

// findable is what people search for of an answer: words. Who somebody is comes from the parties.
func findable(ct *casetype.CaseType, q *casetype.Question, c *Case) []string {
	switch q.Type {
	case casetype.TypeText, casetype.TypeTextarea, casetype.TypeChoice, casetype.TypeMulti, casetype.TypeTree, casetype.TypeRecipient, casetype.TypeProperty:
		return ct.Display(q, c.Answers, i18n.SV)
	case casetype.TypeOrganisation:
		return []string{c.Answers.Get(q.Key + casetype.PartName)}
	case casetype.TypeAddress, casetype.TypeEmail:
		if !c.Protected {
			return ct.Display(q, c.Answers, i18n.SV)
		}
	case casetype.TypeTable, casetype.TypeChildren:
		var out []string
		columns := ct.Columns(q)
		for n := 1; ; n++ {
			row := ct.DisplayRow(q, c.Answers, n, i18n.SV)
			if row == nil {
				return out
			}
			for i, words := range row {
				switch columns[i].Type {
				case casetype.TypeText, casetype.TypeTextarea, casetype.TypeChoice:
					out = append(out, words)
				}
			}
		}
	}
	return nil
}

// personal is what is written like a personnummer, samordningsnummer or organisationsnummer, right or mistyped, with the spaces and
// dashes that people put in.
var personal = regexp.MustCompile(`(?:(?:19|20) ?)?(?:\d{6}|\d{2}[ -]\d{2}[ -]\d{2})[ \x{00a0}]?[-–+]?[ \x{00a0}]?\d{4}`)

// unnumbered is text without personal numbers. Longer runs of digits are something else.
func unnumbered(text string) string {
	var b strings.Builder
	from := 0
	for _, at := range personal.FindAllStringIndex(text, -1) {
		if at[0] > 0 && digit(text[at[0]-1]) || at[1] < len(text) && digit(text[at[1]]) {
			continue
		}
		b.WriteString(text[from:at[0]])
		from = at[1]
	}
	return b.String() + text[from:]
}

func digit(b byte) bool { return '0' <= b && b <= '9' }

// Found is a case that answers a search, with what to show of the answer.
type Found struct {
	Case *Case
	Hit  search.Hit
}

// Search finds the cases an officer may read. next continues a search that was not finished. To find a marked case by what it says is to
// read it, and journalled.
func (s *Service) Search(ctx context.Context, x *search.Index, who access.Actor, text, after string, limit int) (found []Found, next string, err error) {
	condition, args := access.Condition(who, access.CaseRead, accessColumns, 1)
	request := search.Request{
		Text: text, Limit: limit, After: after, Args: args,
		Where: "EXISTS (SELECT 1 FROM cases c WHERE c.id = search_document.id AND " + condition + ")",
	}
	// What the condition lets through lies in one of these units or is the person's own (access.Units), and the index knows both: who sees a
	// part of the municipality does not look through the rest.
	if units := access.Units(who, access.CaseRead); len(units) <= manyUnits {
		request.Units, request.Party = units, who.Person
	}
	result, err := x.Find(ctx, s.db, request)
	if err != nil {
		return nil, "", fmt.Errorf("searching cases: %w", err)
	}
	if len(result.Hits) == 0 {
		return nil, result.Next, nil
	}
	byID, err := s.some(ctx, result.Hits)
	if err != nil {
		return nil, "", err
	}
	for _, h := range result.Hits {
		if c := byID[h.ID]; c != nil {
			if err := s.noted(ctx, who, access.Check(who, access.CaseRead, object(c, nil)).Mandate, c, nil); err != nil {
				return nil, "", err
			}
			found = append(found, Found{c, h})
		}
	}
	return found, result.Next, nil
}

// some reads the cases of hits in one statement.
func (s *Service) some(ctx context.Context, hits []search.Hit) (map[string]*Case, error) {
	marks, args := make([]string, len(hits)), make([]any, len(hits))
	for i, h := range hits {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), h.ID
	}
	list, err := store.All(ctx, s.db, func(r *store.Rows) (*Case, error) { return scanCase(r) },
		`SELECT `+caseColumns+` FROM cases c WHERE c.id IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading found cases: %w", err)
	}
	out := map[string]*Case{}
	for _, c := range list {
		out[c.ID] = c
	}
	return out, nil
}
