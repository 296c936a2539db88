package task

import (
	"context"
	"fmt"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// What officers note. The kinds are stored: do not rename them.
const (
	EventTicked   cases.EventKind = "checklist_ticked"
	EventUnticked cases.EventKind = "checklist_unticked"
	EventProperty cases.EventKind = "property_set"
	EventKindOf   cases.EventKind = "document_kind_set"
)

// Mark is who noted something, and when.
type Mark struct {
	By string
	At int64 // microseconds UTC, see store.Time
}

// Noted is what officers have noted about a case.
type Noted struct {
	Ticks  map[string]map[string]Mark // by status and item
	Values map[string]string          // of properties
	ByWhom map[string]Mark            // of properties
	Kinds  map[int]string             // of files, by their number within the case
}

// Noted reads it all, in one query.
func (s *Service) Noted(ctx context.Context, caseID string) (Noted, error) {
	return notedOf(ctx, s.DB, caseID)
}

func notedOf(ctx context.Context, q store.Queryer, caseID string) (Noted, error) {
	type row struct {
		what, key, value, by string
		n                    int
		at                   int64
	}
	out := Noted{Ticks: map[string]map[string]Mark{}, Values: map[string]string{}, ByWhom: map[string]Mark{}, Kinds: map[int]string{}}
	list, err := store.All(ctx, q, func(r *store.Rows) (row, error) {
		var x row
		return x, r.Scan(&x.what, &x.key, &x.value, &x.n, &x.by, &x.at)
	}, `SELECT 'tick', status, item, 0, by_person, at FROM case_tick WHERE case_id = $1
		UNION ALL SELECT 'property', property, value, 0, by_person, at FROM case_property WHERE case_id = $1
		UNION ALL SELECT 'kind', kind, '', n, by_person, at FROM case_document_kind WHERE case_id = $1`, caseID)
	if err != nil {
		return out, fmt.Errorf("reading what is noted about a case: %w", err)
	}
	for _, x := range list {
		mark := Mark{x.by, x.at}
		switch x.what {
		case "tick":
			if out.Ticks[x.key] == nil {
				out.Ticks[x.key] = map[string]Mark{}
			}
			out.Ticks[x.key][x.value] = mark
		case "property":
			out.Values[x.key], out.ByWhom[x.key] = x.value, mark
		default:
			out.Kinds[x.n] = x.key
		}
	}
	return out, nil
}

// Tick says that an item of a status's checklist is seen to, or not after all.
func (s *Service) Tick(ctx context.Context, who access.Actor, caseID, status, item string, done bool) error {
	return s.note(ctx, who, caseID, "case.ticked", func(ctx context.Context, a *cases.Act) error {
		st := a.Type.Status(status)
		if st == nil || st.Item(item) == nil {
			return ErrUnknown
		}
		noted, err := notedOf(ctx, a.Tx, caseID)
		if err != nil {
			return err
		}
		if _, ticked := noted.Ticks[status][item]; ticked == done {
			return cases.ErrNothing
		}
		a.Event.Body, a.Event.Data = st.Item(item).Text.In(i18n.SV), cases.EventData{From: status, To: item}
		if !done {
			a.Event.Kind = EventUnticked
			_, err = a.Tx.Exec(ctx, `DELETE FROM case_tick WHERE case_id = $1 AND status = $2 AND item = $3`, caseID, status, item)
			return err
		}
		a.Event.Kind = EventTicked
		_, err = a.Tx.Exec(ctx, `INSERT INTO case_tick (case_id, status, item, by_person, at) VALUES ($1, $2, $3, $4, $5)`, caseID, status, item, who.Person, store.Micros(a.Now))
		return err
	})
}

// FaultError is a value of a property that is none.
type FaultError struct{ Code casetype.Code }

func (e FaultError) Error() string { return "the value of a property is not taken: " + string(e.Code) }

// SetProperty gives a property a value as people write it; an empty one takes it away. It may raise a FaultError.
func (s *Service) SetProperty(ctx context.Context, who access.Actor, caseID, key, typed string) error {
	return s.note(ctx, who, caseID, "case.property_set", func(ctx context.Context, a *cases.Act) error {
		p := a.Type.Property(key)
		if p == nil {
			return ErrUnknown
		}
		value, code := p.Accept(typed)
		if code != "" && code != casetype.ErrRequired {
			return FaultError{code}
		}
		noted, err := notedOf(ctx, a.Tx, caseID)
		if err != nil {
			return err
		}
		if noted.Values[key] == value {
			return cases.ErrNothing
		}
		a.Event.Kind, a.Event.Body, a.Event.Data = EventProperty, p.Label.In(i18n.SV)+": "+p.Show(value, i18n.SV), cases.EventData{To: key}
		if value == "" {
			_, err = a.Tx.Exec(ctx, `DELETE FROM case_property WHERE case_id = $1 AND property = $2`, caseID, key)
			return err
		}
		_, err = a.Tx.Exec(ctx, `INSERT INTO case_property (case_id, property, value, by_person, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (case_id, property) DO UPDATE SET value = $3, by_person = $4, at = $5`, caseID, key, value, who.Person, store.Micros(a.Now))
		return err
	})
}

// SetKind says which document type a file of the case is, "" for none.
func (s *Service) SetKind(ctx context.Context, who access.Actor, caseID string, number int, kind string) error {
	return s.note(ctx, who, caseID, "case.document_kind_set", func(ctx context.Context, a *cases.Act) error {
		if kind != "" && a.Type.Document(kind) == nil {
			return ErrUnknown
		}
		files, _, err := chosen(ctx, a, who, []int{number})
		if err != nil {
			return err
		}
		noted, err := notedOf(ctx, a.Tx, caseID)
		if err != nil {
			return err
		}
		if noted.Kinds[number] == kind {
			return cases.ErrNothing
		}
		a.Event.Kind, a.Event.Data = EventKindOf, cases.EventData{From: files[0].Name}
		if kind == "" {
			_, err = a.Tx.Exec(ctx, `DELETE FROM case_document_kind WHERE case_id = $1 AND n = $2`, caseID, number)
			return err
		}
		a.Event.Data.To = a.Type.Document(kind).Title.In(i18n.SV)
		_, err = a.Tx.Exec(ctx, `INSERT INTO case_document_kind (case_id, n, kind, by_person, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (case_id, n) DO UPDATE SET kind = $3, by_person = $4, at = $5`, caseID, number, kind, who.Person, store.Micros(a.Now))
		return err
	})
}

// note runs an act of an officer of an open case that only adds to what is noted.
func (s *Service) note(ctx context.Context, who access.Actor, caseID, action string, do func(context.Context, *cases.Act) error) error {
	_, err := s.Cases.Do(ctx, who, cases.On{Case: caseID}, access.CaseStatus, action, func(ctx context.Context, a *cases.Act) error {
		if !a.Case.Open {
			return cases.ErrClosed
		}
		a.Event.Internal = true
		return do(ctx, a)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}
