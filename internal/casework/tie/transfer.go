package tie

import (
	"context"
	"fmt"
	"slices"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
)

// Transfer is a matter that becomes a case of another type.
type Transfer struct {
	Type   string
	Reason string
	Key    string // submission key of the form
}

// Transfer has a matter go on as a case of another type, in the unit that takes those. Everything in the old case stays there; the new one has the
// answers that it asks for, copies of the documents, and the parties. The old case ends with a status of its type.
func (s *Service) Transfer(ctx context.Context, l *i18n.Localizer, who access.Actor, on cases.On, t Transfer) (string, error) {
	_, list, mandate, err := s.Cases.May(ctx, who, access.CaseAssign, on.Case)
	if err != nil {
		return "", err
	}
	if _, _, _, err := s.Cases.May(ctx, who, access.CaseClose, on.Case); err != nil {
		return "", err
	}
	view, err := s.Cases.View(ctx, who, on.Case) // what is copied is read
	if err != nil {
		return "", err
	}
	m, err := s.moving(l, view, t.Type)
	if err != nil {
		return "", fmt.Errorf("moving a matter to another case type: %w", err)
	}
	if m.reason, err = reasonOf(t.Reason); err != nil {
		return "", err
	}
	if id, err := s.Secrets.CaseID(t.Key); err != nil {
		return "", cases.ErrKey
	} else if _, err := s.Cases.Case(ctx, id); err != nil { // not sent before
		switch {
		case on.Version != 0 && on.Version != view.Case.Version:
			return "", cases.ErrStale
		case !view.Case.Open:
			return "", cases.ErrClosed
		}
	}
	m.key, m.parties, m.by, m.mandate = t.Key, list, who, mandate
	id, r, err := s.make(ctx, m)
	if err != nil {
		return "", err
	}
	return id, s.leave(ctx, who, r)
}

// leave ends a case whose matter goes on in another.
func (s *Service) leave(ctx context.Context, who access.Actor, r Relation) error {
	_, err := s.Cases.Do(ctx, who, cases.On{Case: r.To}, access.CaseClose, ActionTransferred, func(ctx context.Context, a *cases.Act) error {
		if err := told(ctx, a.Tx, r); err != nil {
			return err
		}
		a.Event.Kind, a.Event.Data.Ref = Transferred, r.ID
		a.More = r.kept(r.Reason)
		if st := ending(a.Type, a.Case.Status); a.Case.Open && st != nil {
			a.Event.Data.From, a.Event.Data.To = a.Case.Status, st.Key
			return a.MoveTo(st.Key)
		}
		return nil
	})
	return err
}

// moving is what becomes of a matter in another case type.
func (s *Service) moving(l *i18n.Localizer, view cases.OfficerView, typeID string) (making, error) {
	if typeID == view.Case.TypeID {
		return making{}, refuse(SameType)
	}
	to, err := s.intake(typeID)
	if err != nil {
		return making{}, err
	}
	m := making{of: view.Case, ofType: view.Type, to: to, files: view.Documents, kind: Continues, how: byTransfer}
	m.mapped = mapAnswers(view.Type, to, view.Case.Answers, func(*casetype.Question) bool { return true })
	m.said = compact([]string{l.T("tie.note.transfer", "Number", view.Case.Number), takenWords(l, view.Type, view.Case, m.mapped.lines), missingWords(l, m.mapped.missing())})
	return m, nil
}

// Outlook is what moving a case would mean: to another case type, or to another unit with the type it has.
type Outlook struct {
	To      *casetype.CaseType // the type it would have
	Lines   []Mapped           // what becomes of the answers; none when the type is the same
	Unit    string             // that would have it
	Status  *casetype.Status   // in which it would stand
	Due     calendar.Date
	Secrecy cases.Secrecy
	Losing  []bodies.Person // who can read it now and could not then
	Gaining int             // how many could then and cannot now
	Warned  []Reason
}

// ToType tells what it would mean to move a matter to another case type.
func (s *Service) ToType(l *i18n.Localizer, d *bodies.Directory, who access.Actor, view cases.OfficerView, typeID string) (Outlook, error) {
	m, err := s.moving(l, view, typeID)
	if err != nil {
		return Outlook{}, err
	}
	o := Outlook{To: m.to, Lines: m.mapped.lines, Unit: m.to.Owner.Unit, Status: m.to.Initial(), Secrecy: view.Case.Secrecy, Warned: s.warnings(view.Case, m.to)}
	if to := m.to.Route(m.mapped.answers); to.Unit != "" {
		o.Unit = to.Unit
	}
	if m.to.Secrecy.Default == casetype.Presumed {
		o.Secrecy = cases.Secret
	}
	o.Due = s.Cases.DueOf(view.Case.ReceivedAt, m.to)
	if !o.Due.After(s.today()) {
		o.Warned = append(o.Warned, LateAlready)
	}
	return s.readers(d, who, view, o, ""), nil
}

// ToUnit tells what it would mean to hand a case over to another unit of the same member.
func (s *Service) ToUnit(d *bodies.Directory, who access.Actor, view cases.OfficerView, unit string) (Outlook, error) {
	u, ok := d.Unit(unit)
	if !ok || u.Member != view.Case.Member || unit == view.Case.Unit {
		return Outlook{}, cases.ErrNowhere
	}
	o := Outlook{To: view.Type, Unit: unit, Status: view.Status, Due: view.Case.Due, Secrecy: view.Case.Secrecy}
	return s.readers(d, who, view, o, ""), nil
}

// readers finds who loses and who gains sight of the matter.
func (s *Service) readers(d *bodies.Directory, who access.Actor, view cases.OfficerView, o Outlook, assignee string) Outlook {
	now := view.Case.Object(view.Parties...)
	then := now
	u, _ := d.Unit(o.Unit)
	then.Unit, then.Member, then.Scope, then.Assignee, then.Secrecy = o.Unit, u.Member, o.To.ID, assignee, access.Secrecy(o.Secrecy)
	if body, ok := d.ResponsibleBody(o.Unit); ok {
		then.Body = body.ID
	}
	for _, p := range d.Officials() {
		as := access.Resolve(d, p.ID, s.today(), access.Substantial)
		before, after := access.Check(as, access.CaseRead, now).Allowed, access.Check(as, access.CaseRead, then).Allowed
		switch {
		case before && !after:
			o.Losing = append(o.Losing, p)
			if p.ID == who.Person {
				o.Warned = append(o.Warned, NotReached)
			}
		case after && !before:
			o.Gaining++
		}
	}
	slices.SortFunc(o.Losing, func(a, b bodies.Person) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return o
}
