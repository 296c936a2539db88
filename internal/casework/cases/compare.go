package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Difference is a place where the tables of cases do not say what the journal says.
type Difference struct {
	Table string
	Case  string // number, or ID where there is none
	Row   int    // of the case's timeline or documents, 0 for the case itself
	What  string
}

func (d Difference) String() string {
	if d.Row == 0 {
		return fmt.Sprintf("%s %s: %s", d.Table, d.Case, d.What)
	}
	return fmt.Sprintf("%s %s row %d: %s", d.Table, d.Case, d.Row, d.What)
}

// Compare goes through the journal and looks whether each case, each row of its timeline, each decision and each document still says what
// was journalled, and whether there is any that never was (PR-4, P-R). Entries whose payload has been removed by gallring are passed over.
// It calls found for each difference. The journal itself is verified by journal.Verify.
func Compare(ctx context.Context, db *store.DB, found func(Difference)) error {
	return db.View(ctx, func(ctx context.Context, q store.Queryer) error {
		c := comparison{q: q, found: found, last: map[string]standing{}}
		if err := journal.Each(ctx, db.Engine(), q, objectKind, func(e journal.Recorded) error { return c.entry(ctx, e) }); err != nil {
			return fmt.Errorf("comparing cases with the journal: %w", err)
		}
		if err := c.rest(ctx); err != nil {
			return fmt.Errorf("comparing cases with the journal: %w", err)
		}
		return nil
	})
}

// comparison is a Compare under way.
type comparison struct {
	q     store.Queryer
	found func(Difference)
	last  map[string]standing // where each case should stand
}

type standing struct {
	number string
	status string
	events int
	erased bool
	files  []FileNote // that came with the submission, and its paper copy
}

func (c *comparison) entry(ctx context.Context, e journal.Recorded) error {
	at := c.last[e.Object.ID]
	if e.Payload == nil {
		at.erased = at.erased || len(e.PayloadHash) > 0
		c.last[e.Object.ID] = at
		return nil
	}
	if e.Action == ActionSubmitted {
		return c.submitted(ctx, e)
	}
	if e.Action == ActionPrinted { // one more file beside those that were handed in; the timeline has no row of its own
		var said changed
		if err := json.Unmarshal(e.Payload, &said); err != nil {
			return fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		at.files = append(at.files, said.Files...)
		c.last[e.Object.ID] = at
		return nil
	}
	var said changed
	if err := json.Unmarshal(e.Payload, &said); err != nil || said.Event == 0 { // of the diarium: its rows keep their own history
		return nil //nolint:nilerr // another kind of payload
	}
	at.number, at.status, at.events = said.Number, said.Status, max(at.events, said.Event)
	c.last[e.Object.ID] = at
	var kind EventKind
	var actor, body, data string
	err := c.q.QueryRow(ctx, `SELECT kind, actor, body, data FROM case_event WHERE case_id = $1 AND n = $2`, e.Object.ID, said.Event).Scan(&kind, &actor, &body, &data)
	switch {
	case errors.Is(err, store.ErrNotFound):
		c.found(Difference{"case_event", said.Number, said.Event, "removed"})
		return nil
	case err != nil:
		return err
	case kind != said.Kind || actor != e.Actor || body != said.Words || data != encode(said.Data):
		c.found(Difference{"case_event", said.Number, said.Event, "changed: it is not what was journalled"})
	}
	if said.Kind == Decided {
		err := c.q.QueryRow(ctx, `SELECT text FROM case_decision WHERE id = $1 AND case_id = $2 AND decided_by = $3`, said.Data.Decision, e.Object.ID, e.Actor).Scan(&body)
		switch {
		case errors.Is(err, store.ErrNotFound):
			c.found(Difference{"case_decision", said.Number, said.Event, "removed, or given to somebody else"})
		case err != nil:
			return err
		case body != said.Words:
			c.found(Difference{"case_decision", said.Number, said.Event, "changed: it is not what was journalled"})
		}
	}
	return c.files(ctx, e.Object.ID, said.Number, said.Event, said.Files)
}

func (c *comparison) submitted(ctx context.Context, e journal.Recorded) error {
	var said CaseSubmitted
	if err := json.Unmarshal(e.Payload, &said); err != nil {
		return fmt.Errorf("entry %d: %w", e.Seq, err)
	}
	at := c.last[e.Object.ID]
	at.number, at.status, at.events, at.files = said.Number, said.Status, max(at.events, 1), said.Files
	c.last[e.Object.ID] = at
	now, err := load(ctx, c.q, e.Object.ID)
	if errors.Is(err, store.ErrNotFound) {
		c.found(Difference{"cases", said.Number, 0, "removed"})
		return nil
	}
	if err != nil {
		return err
	}
	was := CaseSubmitted{Number: now.Number, Type: now.TypeID, Version: now.TypeVersion, Channel: now.Channel, Received: now.ReceivedAt, Answers: now.Answers}
	same := was.Number == said.Number && was.Type == said.Type && was.Version == said.Version && was.Channel == said.Channel &&
		was.Received.Equal(said.Received) && equalAnswers(was.Answers, said.Answers) && now.Entry == e.ID
	if !same {
		c.found(Difference{"cases", said.Number, 0, "changed: it is not what was handed in"})
	}
	var data string
	err = c.q.QueryRow(ctx, `SELECT data FROM case_event WHERE case_id = $1 AND n = 1`, e.Object.ID).Scan(&data)
	switch {
	case errors.Is(err, store.ErrNotFound):
		c.found(Difference{"case_event", said.Number, 1, "removed"})
	case err != nil:
		return err
	case data != encode(EventData{Channel: said.Channel, Signatures: said.Signatures, Payments: said.Payments, Acting: said.Acting}):
		c.found(Difference{"case_event", said.Number, 1, "changed: it is not what was journalled"})
	}
	return nil
}

func equalAnswers(a, b casetype.Clean) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}

// files looks whether the documents that came with a row of the timeline are those that were journalled.
func (c *comparison) files(ctx context.Context, id, number string, event int, said []FileNote) error {
	now, err := store.All(ctx, c.q, func(r *store.Rows) (FileNote, error) {
		var f FileNote
		return f, r.Scan(&f.Document, &f.Name)
	}, `SELECT document, name FROM case_document WHERE case_id = $1 AND event = $2 ORDER BY n`, id, event)
	if err != nil {
		return err
	}
	for i, f := range said {
		if i >= len(now) || now[i].Document != f.Document || now[i].Name != f.Name {
			c.found(Difference{"case_document", number, event, "changed or removed"})
			return nil
		}
	}
	if len(now) > len(said) {
		c.found(Difference{"case_document", number, event, "inserted: it was never journalled"})
	}
	return nil
}

// rest looks at the cases as they stand now: those the journal does not know, and those that stand otherwise than it says.
func (c *comparison) rest(ctx context.Context) error {
	type row struct {
		id, number, status string
		events, counted    int
	}
	for after := ""; ; {
		list, err := store.All(ctx, c.q, func(r *store.Rows) (row, error) {
			var x row
			return x, r.Scan(&x.id, &x.number, &x.status, &x.events, &x.counted)
		}, `SELECT c.id, c.number, c.status, c.events, (SELECT count(*) FROM case_event e WHERE e.case_id = c.id) FROM cases c WHERE c.id > $1 ORDER BY c.id LIMIT 2000`, after)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, x := range list {
			at, known := c.last[x.id]
			if known && !at.erased {
				if err := c.files(ctx, x.id, x.number, 1, at.files); err != nil {
					return err
				}
			}
			switch {
			case !known:
				c.found(Difference{"cases", x.number, 0, "inserted: it was never journalled"})
			case at.erased:
			case at.events != x.counted || at.events != x.events:
				c.found(Difference{"case_event", x.number, 0, fmt.Sprintf("%d rows are in the timeline, %d were journalled", x.counted, at.events)})
			case at.status != "" && at.status != x.status:
				c.found(Difference{"cases", x.number, 0, "changed: its status is not the one that was journalled"})
			}
		}
		after = list[len(list)-1].id
	}
}
