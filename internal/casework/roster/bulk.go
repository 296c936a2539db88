package roster

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Deed is what is done to many cases at once. Each is a command that can be given for one case.
type Deed string

// The deeds.
const (
	Take       Deed = "take"
	Give       Deed = "give"       // to one officer
	Distribute Deed = "distribute" // among some officers, by what they have
	HandOver   Deed = "hand_over"  // to another unit
	SetStatus  Deed = "status"
	Write      Deed = "write" // a message to the citizen
	Close      Deed = "close"
)

// Deeds are all of them, in the order of the page.
func Deeds() []Deed { return []Deed{Take, Give, Distribute, HandOver, SetStatus, Write, Close} }

// right is what it takes to do it to a case.
func (d Deed) right() access.Action {
	return map[Deed]access.Action{Take: access.CaseClaim, Give: access.CaseAssign, Distribute: access.CaseAssign, HandOver: access.CaseAssign, SetStatus: access.CaseStatus,
		Write: access.CaseMessage, Close: access.CaseClose}[d]
}

// MostCases is how many cases one can do something to at once.
const MostCases = 200

// Order is a deed and what it is done with.
type Order struct {
	Deed   Deed
	Person string            // Give
	People []string          // Distribute
	Unit   string            // HandOver
	Status string            // SetStatus
	Reason string            // HandOver, SetStatus, Close: in words
	Text   string            // Write: with variables, or
	Phrase string            // Write: the text to begin from, in the language of each case
	Shares map[string]string // Distribute: whom each case goes to, once that has been worked out
}

// Outcome is what will come, or has come, of a deed for one case.
type Outcome struct {
	On     cases.On
	Number string // "" if the official may not even know of the case
	To     string // person, unit or status that it goes to
	Text   string // Write: as it will be sent
	Why    Why    // Done, or what is against it
	Denied *access.Denied
}

// Why is what is against a deed, as the key of a text: roster.why.WHY.
type Why string

// What can be against it.
const (
	Done      Why = ""
	WhyGone   Why = "gone"     // may not even be known of
	WhyDenied Why = "denied"   // the rules
	WhyStale  Why = "stale"    // somebody else changed it
	WhyClosed Why = "closed"   // it is closed
	WhyMove   Why = "move"     // the case type does not have this change of status
	WhyNote   Why = "note"     // a reason is needed
	WhyNeeds  Why = "decision" // a decision is needed
	WhyWho    Why = "who"      // the person does not work in the unit
	WhyWhere  Why = "nowhere"  // the unit is of another member, or the same
	WhyEmpty  Why = "empty"    // nothing to say
	WhyGaps   Why = "gaps"     // a variable of the text has no value
	WhyUnfit  Why = "unfit"    // the text is for other cases
	WhyHow    Why = "how"      // there are several ways to close it, or none
	WhyOther  Why = "other"    // something that the case type asks for
)

// ErrOrder means that an order lacks what it is to be done with, or is for no case or too many.
var ErrOrder = errors.New("the order is not complete")

// check tells whether the order has all that its deed is done with.
func (o Order) check(n int) error {
	lacks := o.Deed == Give && o.Person == "" || o.Deed == Distribute && len(o.People) == 0 || o.Deed == HandOver && (o.Unit == "" || o.Reason == "") ||
		o.Deed == SetStatus && o.Status == "" || o.Deed == Write && (o.Text == "") == (o.Phrase == "") || !slices.Contains(Deeds(), o.Deed)
	if lacks || n == 0 || n > MostCases {
		return ErrOrder
	}
	return nil
}

// Preview says case by case what an order would do and what is against it. It rehearses the very commands, so that nothing is promised that
// they would refuse. The order that it gives back is the one to carry out: with the shares of those among whom cases are distributed.
func (s *Service) Preview(ctx context.Context, who access.Actor, o Order, chosen []cases.On) ([]Outcome, Order, error) {
	if err := o.check(len(chosen)); err != nil {
		return nil, o, err
	}
	if o.Deed == Distribute && o.Shares == nil {
		var err error
		if o.Shares, err = s.shares(ctx, who, o, chosen); err != nil {
			return nil, o, err
		}
	}
	out, err := s.each(cases.Rehearsal(ctx), who, o, chosen)
	return out, o, err
}

// shares works out whom each of the cases goes to that may be given away. A case that one of them has already stays.
func (s *Service) shares(ctx context.Context, who access.Actor, o Order, chosen []cases.On) (map[string]string, error) {
	load, err := loads(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	var free []string
	shares := map[string]string{}
	for _, on := range chosen {
		c, _, _, err := s.Cases.May(ctx, who, access.CaseAssign, on.Case)
		switch {
		case err != nil && !access.IsDenied(err) && !errors.Is(err, store.ErrNotFound):
			return nil, err
		case err != nil || !c.Open:
		case slices.Contains(o.People, c.Assignee):
			load[c.Assignee]-- // it is dealt out anew with the others
			free = append(free, on.Case)
		default:
			free = append(free, on.Case)
		}
	}
	for i, p := range distribute(len(free), o.People, load) {
		shares[free[i]] = p
	}
	return shares, nil
}

// Carry carries an order out, each case in a transaction of its own with its own entry in the journal. key is the preview's: sent twice, it
// is done once, and done is false.
func (s *Service) Carry(ctx context.Context, who access.Actor, key string, o Order, chosen []cases.On) (done bool, err error) {
	if err := o.check(len(chosen)); err != nil || !store.ValidID(key) {
		return false, errors.Join(err, ErrOrder)
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO roster_batch (id, person, act, at, size) VALUES ($1, $2, $3, $4, $5)`, key, who.Person, string(o.Deed), store.Micros(s.now()), len(chosen))
		return err
	})
	if errors.Is(err, store.ErrConflict) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("beginning an act on many cases: %w", err)
	}
	ctx = context.WithoutCancel(ctx) // somebody who goes away from the page has asked for all of it
	out, err := s.each(ctx, who, o, chosen)
	kept := s.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		for i, r := range out {
			if _, err := tx.Exec(ctx, `INSERT INTO roster_batch_case (batch, n, case_id, why) VALUES ($1, $2, $3, $4)`, key, i+1, r.On.Case, string(r.Why)); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, kept); err != nil {
		return true, fmt.Errorf("an act on many cases: %w", err)
	}
	return true, nil
}

// Result is how an act on many cases went.
type Result struct {
	Deed     Deed
	Size     int // cases that it was to be done to
	Outcomes []Outcome
}

// Result gives how an act went to the one who did it; of cases that they may not see any more without their number.
func (s *Service) Result(ctx context.Context, who access.Actor, key string) (Result, error) {
	var r Result
	if !store.ValidID(key) {
		return r, store.ErrNotFound
	}
	if err := s.DB.QueryRow(ctx, `SELECT act, size FROM roster_batch WHERE id = $1 AND person = $2`, key, who.Person).Scan(&r.Deed, &r.Size); err != nil {
		return r, fmt.Errorf("reading how an act on many cases went: %w", err)
	}
	var err error
	r.Outcomes, err = store.All(ctx, s.DB, func(rows *store.Rows) (Outcome, error) {
		var o Outcome
		return o, rows.Scan(&o.On.Case, &o.Why)
	}, `SELECT case_id, why FROM roster_batch_case WHERE batch = $1 ORDER BY n`, key)
	if err != nil {
		return r, fmt.Errorf("reading how an act on many cases went: %w", err)
	}
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		if c, _, _, err := s.Cases.May(ctx, who, access.CaseRead, o.On.Case); err == nil {
			o.Number = c.Number
		}
	}
	return r, nil
}

// each gives the command of an order for each case, once.
func (s *Service) each(ctx context.Context, who access.Actor, o Order, chosen []cases.On) ([]Outcome, error) {
	out := make([]Outcome, 0, len(chosen))
	seen := map[string]bool{}
	for _, on := range chosen {
		if seen[on.Case] {
			continue
		}
		seen[on.Case] = true
		r, err := s.one(ctx, who, o, on)
		if err != nil {
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}

// one gives the command of an order for a case.
func (s *Service) one(ctx context.Context, who access.Actor, o Order, on cases.On) (Outcome, error) {
	r := Outcome{On: on}
	if on.Version == 0 { // what one has not seen one does nothing to
		r.Why = WhyStale
		return r, nil
	}
	err := s.Cases.MaySee(ctx, who, on.Case)
	if err == nil {
		var c *cases.Case
		if c, err = s.Cases.Case(ctx, on.Case); err == nil {
			r.Number = c.Number
			err = s.command(ctx, who, o, c, &r)
		}
	}
	return r, r.tell(err)
}

func (s *Service) command(ctx context.Context, who access.Actor, o Order, c *cases.Case, r *Outcome) error {
	var err error
	switch o.Deed {
	case Take:
		r.To = who.Person
		_, err = s.Cases.Claim(ctx, who, r.On)
	case Give:
		r.To = o.Person
		_, err = s.Cases.Assign(ctx, who, r.On, o.Person)
	case Distribute:
		r.To = o.Shares[c.ID]
		_, err = s.Cases.Assign(ctx, who, r.On, r.To)
	case HandOver:
		r.To = o.Unit
		_, err = s.Cases.HandOver(ctx, who, r.On, o.Unit, o.Reason)
	case SetStatus:
		r.To = o.Status
		_, err = s.Cases.Move(ctx, who, r.On, o.Status, o.Reason)
	case Close:
		if r.To = s.closing(c); r.To == "" {
			r.Why = WhyHow
			if !c.Open {
				r.Why = WhyClosed
			}
			return nil
		}
		_, err = s.Cases.Move(ctx, who, r.On, r.To, o.Reason)
	case Write:
		if err := s.words(ctx, who, o, c, r); err != nil || r.Why != Done {
			return err
		}
		if len(Gaps(r.Text)) > 0 {
			r.Why = WhyGaps
			return nil
		}
		_, err = s.Cases.Message(ctx, who, r.On, r.Text, nil)
	}
	return err
}

// words writes the message of an order about a case.
func (s *Service) words(ctx context.Context, who access.Actor, o Order, c *cases.Case, r *Outcome) error {
	p := Phrase{Phrase: pack.Phrase{Text: i18n.Text{c.Lang: o.Text}}}
	if o.Phrase != "" {
		list, err := s.Fits(ctx, pack.InMessage, c)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(p Phrase) bool { return p.Key == o.Phrase })
		if at < 0 {
			r.Why = WhyUnfit
			return nil
		}
		p = list[at]
	}
	if _, _, _, err := s.Cases.May(ctx, who, access.CaseMessage, c.ID); err != nil {
		return err
	}
	view, err := s.Cases.View(ctx, who, c.ID)
	if err != nil {
		return err
	}
	r.Text, _ = s.Fill(p, About{Case: view.Case, Type: view.Type, Parties: view.Parties, Decisions: view.Decisions}, c.Lang)
	return nil
}

// closing is the one status by which a case can be closed from where it is, "" if there is none or a choice.
func (s *Service) closing(c *cases.Case) string {
	ct, ok := s.Types.Version(c.TypeID, c.TypeVersion)
	if !ok || !c.Open {
		return ""
	}
	to := ""
	for _, st := range ct.Next(c.Status) {
		if st.Content == casetype.Closed {
			if to != "" {
				return ""
			}
			to = st.Key
		}
	}
	return to
}

// tell makes the error of a command what is against it; what nobody can do anything about is given back.
func (r *Outcome) tell(err error) error {
	if err == nil || errors.Is(err, cases.ErrRehearsed) {
		return nil
	}
	var denied *access.Denied
	for _, known := range []struct {
		err error
		why Why
	}{
		{store.ErrNotFound, WhyGone}, {cases.ErrStale, WhyStale}, {cases.ErrClosed, WhyClosed}, {cases.ErrMove, WhyMove}, {cases.ErrNote, WhyNote},
		{cases.ErrDecision, WhyNeeds}, {cases.ErrWho, WhyWho}, {cases.ErrNowhere, WhyWhere}, {cases.ErrEmpty, WhyEmpty},
	} {
		if errors.Is(err, known.err) {
			r.Why = known.why
			return nil
		}
	}
	switch {
	case errors.As(err, &denied):
		r.Why, r.Denied = WhyDenied, denied
	case access.IsDenied(err):
		r.Why = WhyNeeds
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, store.ErrFull), errors.Is(err, context.Canceled):
		return err
	default:
		r.Why = WhyOther
	}
	return nil
}
