package steering

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// Finding is something that breaks a sentence as the IT manager has seen it (avvikelse): opened, and closed when it is put right (S4-AC-2).
// An avsteg is something else: a departure that was decided.
type Finding struct {
	ID, Sentence, Text string
	Opened, Closed     calendar.Date // Closed is zero while it is open
	Outcome            string        // what was done, of a closed one
}

const (
	kindFinding   = "steering_finding"
	actionOpened  = "steering.finding_opened"
	actionClosed  = "steering.finding_closed"
	maxFinding    = 2000 // characters
	fieldFinding  = "avvikelse"
	fieldOutcome  = "resultat"
	findingSelect = `SELECT id, sentence, text, opened_on, closed_on, outcome FROM steering_finding `
)

// openFindings counts the findings that are open on a day, by sentence.
func (s *Service) openFindings(ctx context.Context, on calendar.Date) (map[string]int, error) {
	list, err := store.All(ctx, s.DB, func(r *store.Rows) (string, error) { var id string; return id, r.Scan(&id) },
		`SELECT sentence FROM steering_finding WHERE opened_on <= $1 AND (closed_on = '' OR closed_on > $1)`, on.String())
	if err != nil {
		return nil, fmt.Errorf("counting findings: %w", err)
	}
	out := map[string]int{}
	for _, id := range list {
		out[id]++
	}
	return out, nil
}

// Findings gives the findings of a sentence as they were on a day, the newest first.
func (s *Service) Findings(ctx context.Context, sentence string, on calendar.Date) ([]Finding, error) {
	list, err := store.All(ctx, s.DB, func(r *store.Rows) (Finding, error) {
		var f Finding
		var opened, closed string
		if err := r.Scan(&f.ID, &f.Sentence, &f.Text, &opened, &closed, &f.Outcome); err != nil {
			return f, err
		}
		var err error
		if f.Opened, err = calendar.ParseDate(opened); err == nil && closed != "" {
			f.Closed, err = calendar.ParseDate(closed)
		}
		if f.Closed.After(on) {
			f.Closed, f.Outcome = calendar.Date{}, ""
		}
		return f, err
	}, findingSelect+`WHERE sentence = $1 AND opened_on <= $2 ORDER BY opened_on DESC, id DESC LIMIT $3`, sentence, on.String(), maxRows)
	if err != nil {
		return nil, fmt.Errorf("listing findings of %s: %w", sentence, err)
	}
	return list, nil
}

// supervisor gives the mandate by which somebody is the IT manager, who sees to the whole group; else a *bodies.MandateError.
func (s *Service) supervisor(who access.Actor) (string, error) {
	if m := held(s.Bodies.Directory(), who, []pack.SteeringHolder{{Role: access.ITManager}}); m != "" {
		return m, nil
	}
	return "", &bodies.MandateError{Role: access.ITManager, Sentence: "S4-AC-2"}
}

// OpenFinding writes down that a sentence is broken. It takes the IT manager.
func (s *Service) OpenFinding(ctx context.Context, who access.Actor, sentence, text string) error {
	mandate, err := s.supervisor(who)
	if err != nil {
		return err
	}
	f := Finding{ID: store.NewID(), Sentence: sentence, Text: text, Opened: s.today()}
	_, err = s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		_, err := tx.Exec(ctx, `INSERT INTO steering_finding (id, sentence, text, opened_on, opened_by, closed_on, closed_by, outcome) VALUES ($1, $2, $3, $4, $5, '', '', '')`, f.ID, sentence, text, f.Opened.String(), who.Person)
		return journal.Entry{Actor: who.Person, Mandate: mandate, Action: actionOpened, Object: journal.Ref{Kind: kindFinding, ID: f.ID}, Payload: map[string]any{"after": f}}, err
	})
	if err != nil {
		return fmt.Errorf("opening a finding on %s: %w", sentence, err)
	}
	return nil
}

// CloseFinding writes down what was done about a finding; store.ErrConflict if it is closed already.
func (s *Service) CloseFinding(ctx context.Context, who access.Actor, id, outcome string) error {
	mandate, err := s.supervisor(who)
	if err != nil {
		return err
	}
	_, err = s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		err := tx.ExecOne(ctx, `UPDATE steering_finding SET closed_on = $2, closed_by = $3, outcome = $4 WHERE id = $1 AND closed_on = ''`, id, s.today().String(), who.Person, outcome)
		return journal.Entry{Actor: who.Person, Mandate: mandate, Action: actionClosed, Object: journal.Ref{Kind: kindFinding, ID: id}, Payload: map[string]any{"outcome": outcome}}, err
	})
	if err != nil {
		return fmt.Errorf("closing a finding: %w", err)
	}
	return nil
}

// findings are the findings of a sentence, with forms for the IT manager. form is what was filled in.
func (v *visit) findings(sentence string, form *sheet) ([]templ.Component, error) {
	list, err := v.Findings(v.Ctx(), sentence, v.on)
	if err != nil {
		return nil, err
	}
	_, refused := v.supervisor(v.Who)
	may := refused == nil && !v.past()
	if form == nil {
		form = &sheet{visit: v, values: url.Values{}}
	}
	parts := []templ.Component{ui.H2(v.T("steering.findings"))}
	if len(list) == 0 {
		parts = append(parts, ui.P(v.T("steering.no_findings")))
	}
	at := tracePath(sentence) + "/avvikelser"
	for _, f := range list {
		if !f.Closed.IsZero() {
			parts = append(parts, ui.P(v.T("steering.finding_closed", "Opened", v.L.Date(f.Opened), "Text", f.Text, "Closed", v.L.Date(f.Closed), "Outcome", f.Outcome)))
			continue
		}
		parts = append(parts, ui.P(v.T("steering.finding_open", "Opened", v.L.Date(f.Opened), "Text", f.Text)))
		if may {
			field := ui.Field{ID: fieldOutcome + "-" + f.ID, Name: fieldOutcome, Label: v.T("steering.field.resultat"), Error: form.faultOf(fieldOutcome + "-" + f.ID)}
			parts = append(parts, ui.With(ui.Form{Action: at + "/" + f.ID}, ui.Input{Field: field}, ui.Button{Text: v.T("steering.close_finding"), Variant: ui.Secondary}))
		}
	}
	if may {
		parts = append(parts, ui.With(ui.Form{Action: at, Unsaved: true}, ui.Textarea{Field: form.field(fieldFinding, false), Value: form.get(fieldFinding), Rows: 3, Max: maxFinding}, ui.Button{Text: v.T("steering.open_finding")}))
	}
	return parts, nil
}

// opening opens a finding on a sentence.
func opening(v *visit) error {
	id := v.R.PathValue("id")
	if _, err := v.supervisor(v.Who); err != nil {
		return err
	}
	if _, _, err := v.of(v.Ctx(), id, v.on); err != nil {
		return err
	}
	return v.found(id, fieldFinding, fieldFinding, "finding", func(text string) error { return v.OpenFinding(v.Ctx(), v.Who, id, text) })
}

// closing closes a finding.
func closing(v *visit) error {
	id, finding := v.R.PathValue("id"), v.R.PathValue("finding")
	if _, err := v.supervisor(v.Who); err != nil {
		return err
	}
	return v.found(id, fieldOutcome, fieldOutcome+"-"+finding, "closed", func(text string) error { return v.CloseFinding(v.Ctx(), v.Who, finding, text) })
}

// found reads the one field of a form about a finding, and does what it asks for.
func (v *visit) found(sentence, name, field, said string, do func(text string) error) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	s := &sheet{visit: v, values: form}
	switch text := s.get(name); {
	case text == "":
		s.fault(field, v.T("steering.fault.empty"))
	case len([]rune(text)) > maxFinding:
		s.fault(field, v.T("steering.fault.long", "Max", v.L.Number(maxFinding)))
	default:
		if err := do(text); err != nil {
			return err
		}
		return v.Done(tracePath(sentence), "steering.said."+said)
	}
	return v.sentence(sentence, http.StatusUnprocessableEntity, s)
}
