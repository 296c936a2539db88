package tie

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/office"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// Counter is what the one whom a case concerns sees and can do.
type Counter struct{ *Service }

// onward is a case that the matter of a case goes on in.
type onward struct {
	Relation
	c         cases.Case
	share     bool
	coded     bool // nobody of its parties has signed in: they follow it with its code
	decisions []cases.Decision
}

// onward finds where the matter of a case goes on, with what is decided there if it was merged.
func (s *Service) onward(ctx context.Context, caseID string) ([]onward, error) {
	type row struct {
		onward
		d cases.Decision
	}
	rows, err := store.All(ctx, s.DB, func(r *store.Rows) (row, error) {
		var x row
		var at int64
		var err error
		x.Relation, err = scanRelation(r, &x.c.ID, &x.c.Number, &x.c.TypeID, &x.c.TypeVersion, &x.c.Status, &x.c.Secrecy, &x.c.Protected, &x.share, &x.coded,
			&x.d.ID, &x.d.Key, &x.d.Text, &at)
		x.d.At = store.Time(at)
		return x, err
	}, `SELECT `+relationColumns+`, c.id, c.number, c.type_id, c.type_version, c.status, c.secrecy, c.protected, coalesce(m.share, 0),
			CASE WHEN EXISTS (SELECT 1 FROM case_party p WHERE p.case_id = c.id AND (p.person <> '' OR p.organisation <> '')) THEN 0 ELSE 1 END,
			coalesce(d.id, ''), coalesce(d.key, ''), coalesce(d.text, ''), coalesce(d.at, 0)
		FROM tie_relation r
		JOIN cases c ON c.id = CASE WHEN r.from_case = $1 THEN r.to_case ELSE r.from_case END
		LEFT JOIN tie_merge m ON m.relation = r.id
		LEFT JOIN case_decision d ON d.case_id = c.id AND r.kind = 'merged_into' AND d.at >= r.at
		WHERE r.removed_at = 0 AND (r.from_case = $1 AND r.kind = 'merged_into' OR r.to_case = $1 AND r.how IN ('transfer', 'citizen'))
		ORDER BY r.at, r.id, d.at`, caseID)
	if err != nil {
		return nil, fmt.Errorf("looking for where a matter goes on: %w", err)
	}
	var out []onward
	for _, x := range rows {
		if len(out) == 0 || out[len(out)-1].ID != x.ID {
			out = append(out, x.onward)
		}
		if last := &out[len(out)-1]; x.d.ID != "" {
			last.decisions = append(last.decisions, x.d)
		}
	}
	return out, nil
}

// Show tells where the matter goes on. Of a case that it was merged into, whose parties may be others, it says how it goes and when it was
// decided; the decision itself only where an official has said so; of one that is marked, secret or protected not even its number.
func (c Counter) Show(ctx context.Context, l *i18n.Localizer, view cases.CitizenView) ([]templ.Component, error) {
	list, err := c.onward(ctx, view.Case.ID)
	if err != nil {
		return nil, err
	}
	var out []templ.Component
	for _, o := range list {
		ct, ok := c.Types.Version(o.c.TypeID, o.c.TypeVersion)
		if !ok {
			return nil, fmt.Errorf("the case type %s is not loaded", o.c.TypeID)
		}
		if o.Kind == MergedInto {
			out = append(out, handledTogether(l, ct, o))
			continue
		}
		facts := []ui.Fact{{Name: l.T("tie.public.number"), Value: o.c.Number}}
		if o.coded {
			facts = append(facts, ui.Fact{Name: l.T("tie.public.code"), Value: c.Secrets.FollowCode(o.c.ID)})
		}
		out = append(out, ui.Summary{Title: l.T("tie.public.onward"), Narrow: true, Facts: facts})
	}
	return out, nil
}

// handledTogether is what the party of a merged case sees of the other one.
func handledTogether(l *i18n.Localizer, ct *casetype.CaseType, o onward) ui.Summary {
	s := ui.Summary{Title: l.T("tie.public.together"), Narrow: true}
	if o.c.Secrecy > cases.Open || o.c.Protected {
		s.Facts = []ui.Fact{{Name: l.T("tie.public.with"), Value: l.T("tie.public.another")}}
		return s
	}
	name := l.T("tie.public.another")
	if ct.Registry.Public.Enabled {
		name = o.c.Number
	}
	s.Facts = []ui.Fact{{Name: l.T("tie.public.with"), Value: name}}
	if st := ct.Status(o.c.Status); st != nil {
		s.Facts = append(s.Facts, ui.Fact{Name: l.T("tie.public.status"), Value: st.PublicText.In(l.Lang())})
	}
	for _, d := range o.decisions {
		values := []string{l.Date(calendar.DateOf(d.At))}
		if kind := ct.Decision(d.Key); kind != nil {
			values = append(values, kind.Title.In(l.Lang()))
		}
		if o.share {
			values = append(values, d.Text)
		}
		s.Facts = append(s.Facts, ui.Fact{Name: l.T("tie.public.decided"), Values: values})
	}
	return s
}

// Acts are that what was closed is not put right.
func (c Counter) Acts() []office.CitizenAct {
	return []office.CitizenAct{{Path: "inte-klart", Offer: c.offer, Ask: c.ask, Do: c.notFixed}}
}

// Fields of the form.
const (
	fieldWhat = "vad"
	fieldKey  = "nyckel"
	maxWhat   = 5000
)

// offer says that the case can be opened again, or handed in anew when the days for that are over.
func (c Counter) offer(ctx context.Context, l *i18n.Localizer, view cases.CitizenView) (string, error) {
	if view.Type.ReopenDays <= 0 || view.Case.Open || view.Type.Reopening(view.Case.Status) == nil {
		return "", nil
	}
	if list, err := c.onward(ctx, view.Case.ID); err != nil || len(list) > 0 {
		return "", err
	}
	return l.T("tie.unfixed.offer"), nil
}

// inTime tells whether a closed case can still be opened again by its party.
func (c Counter) inTime(view cases.CitizenView) bool {
	return !c.today().After(calendar.DateOf(view.Case.ClosedAt).AddDays(view.Type.ReopenDays))
}

func (c Counter) ask(_ context.Context, l *i18n.Localizer, view cases.CitizenView, typed url.Values) (ui.Question, error) {
	lead := l.T("tie.unfixed.lead")
	if !c.inTime(view) {
		lead = l.T("tie.unfixed.anew", "Count", view.Type.ReopenDays)
	}
	key := typed.Get(fieldKey)
	if key == "" {
		made, err := uuid.NewV7()
		if err != nil {
			return ui.Question{}, fmt.Errorf("making a submission key: %w", err)
		}
		key = made.String()
	}
	what := ui.Textarea{Field: ui.Field{Name: fieldWhat, Label: l.T("tie.unfixed.what"), Hint: l.T("tie.unfixed.hint")}, Value: typed.Get(fieldWhat), Max: maxWhat}
	if typed.Has(fieldWhat) {
		what.Error = whatFault(l, typed)
	}
	return ui.Question{Page: ui.Page{Title: l.T("tie.unfixed.title")}, Lead: lead, Button: l.T("tie.unfixed.button"), Fields: []templ.Component{what},
		Form: ui.Form{Hidden: []ui.Hidden{{Name: fieldKey, Value: key}}}}, nil
}

func whatFault(l *i18n.Localizer, typed url.Values) string {
	switch what := strings.TrimSpace(typed.Get(fieldWhat)); {
	case what == "":
		return l.T("tie.unfixed.empty")
	case utf8.RuneCountInString(what) > maxWhat:
		return l.T("tie.unfixed.long", "Max", maxWhat)
	}
	return ""
}

// notFixed opens the case again, or hands it in anew.
func (c Counter) notFixed(ctx context.Context, l *i18n.Localizer, who cases.Citizen, view cases.CitizenView, typed url.Values) ([]ui.FieldError, error) {
	if fault := whatFault(l, typed); fault != "" {
		return []ui.FieldError{{Field: fieldWhat, Message: fault}}, nil
	}
	what := strings.ToValidUTF8(strings.TrimSpace(typed.Get(fieldWhat)), "")
	if view.Case.Open { // sent twice
		return nil, nil
	}
	if c.inTime(view) {
		return nil, c.Reopen(ctx, who, view.Case.ID, what)
	}
	_, err := c.Anew(ctx, l, who, view.Case.ID, typed.Get(fieldKey), what)
	return nil, err
}

// Reopen opens a closed case again for its party, who says what is not put right, within the days that its type gives. It is a handling
// that comes in, and the case has the time that it had left. Of an open case it does nothing.
func (s *Service) Reopen(ctx context.Context, who cases.Citizen, caseID, what string) error {
	_, err := s.Cases.DoAs(ctx, who, caseID, cases.ActionReopened, func(_ context.Context, a *cases.Act) error {
		if a.Case.Open {
			return cases.ErrNothing
		}
		to := a.Type.Reopening(a.Case.Status)
		if to == nil || a.Type.ReopenDays <= 0 || s.today().After(calendar.DateOf(a.Case.ClosedAt).AddDays(a.Type.ReopenDays)) {
			return cases.ErrMove
		}
		if strings.TrimSpace(what) == "" {
			return cases.ErrNote
		}
		a.Event.Kind, a.Event.Body = cases.Reopened, what
		a.Event.Data.From, a.Event.Data.To, a.Event.Data.Channel = a.Case.Status, to.Key, "web"
		a.Handling = &cases.Handling{Direction: cases.In, Kind: string(cases.Reopened)}
		return a.MoveTo(to.Key)
	})
	return err
}

// Anew hands in a matter once more that was closed too long ago to be opened again: a case of the same type that continues the old one, with
// the same answers and parties, and what the party says as its first message. It came in now.
func (s *Service) Anew(ctx context.Context, l *i18n.Localizer, who cases.Citizen, caseID, key, what string) (string, error) {
	view, err := s.Cases.CitizenView(ctx, who, caseID)
	if err != nil {
		return "", err
	}
	if view.Case.Open || view.Type.ReopenDays <= 0 {
		return "", cases.ErrMove
	}
	to, err := s.intake(view.Case.TypeID)
	var refused *Refused
	if errors.As(err, &refused) { // the type takes in nothing new, and this is not new
		to, err = view.Type, nil
	}
	if err != nil {
		return "", err
	}
	parties, err := s.Cases.Parties(ctx, caseID)
	if err != nil {
		return "", err
	}
	m := making{key: key, of: view.Case, ofType: view.Type, to: to, parties: parties, by: access.Actor{Person: who.Person, Citizen: true}, kind: Continues, how: byCitizen, afresh: true}
	for _, d := range view.Documents {
		if d.Direction == cases.In {
			m.files = append(m.files, d)
		}
	}
	m.mapped = mapAnswers(view.Type, to, view.Case.Answers, func(*casetype.Question) bool { return true })
	m.said = compact([]string{l.T("tie.note.anew", "Number", view.Case.Number), missingWords(l, m.mapped.missing())})
	id, r, err := s.make(ctx, m)
	if err != nil {
		return "", err
	}
	if waits, err := s.untold(ctx, r.ID); err != nil || !waits { // sent twice
		return id, err
	}
	if _, err := s.Cases.Reply(ctx, cases.Citizen{Person: who.Person, Opened: []string{id}}, id, what, nil); err != nil {
		return "", err
	}
	return id, s.tell(ctx, r, caseID, s.party(who))
}

func (s *Service) untold(ctx context.Context, relation string) (bool, error) {
	var n int
	err := s.DB.QueryRow(ctx, `SELECT count(*) FROM tie_relation WHERE id = $1 AND told = 0`, relation).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("asking whether a relation is told: %w", err)
	}
	return n > 0, nil
}
