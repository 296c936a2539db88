package task

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// Remiss is an opinion that is asked for.
type Remiss struct {
	ID, CaseID string
	Outside    bool // of somebody outside the municipality, by letter or link
	To         Whom // inside
	Name       string
	Email      string
	Lang       i18n.Lang
	Words      string        // what the opinion is to be about
	Due        calendar.Date // last day
	Law        string        // ground for letting out what is marked
	State      RemissState
	By         string
	SentAt     time.Time // UTC
	Stance     Stance
	Answer     string
	AnsweredBy string        // person, "" for somebody outside
	AnsweredOn calendar.Date // day the answer came
	Channel    Channel       // how the answer came
	Reminded   calendar.Date
	Version    int
	Files      []File
}

// File is a file that was sent with a remiss, or that came with its answer.
type File struct {
	N        int
	Document string
	Name     string
	MIME     string
	Size     int64
	Answer   bool
}

// RemissState is how far an opinion has come.
type RemissState string

// The states of a remiss.
const (
	Sent      RemissState = "sent"
	Answered  RemissState = "answered"
	Withdrawn RemissState = "withdrawn"
)

// Stance is whether an opinion is for or against.
type Stance string

// The stances.
const (
	Support     Stance = "support"
	Oppose      Stance = "oppose"
	NoObjection Stance = "no_objection"
	Comment     Stance = "comment"
)

// Stances are all, in the order of the form.
func Stances() []Stance { return []Stance{Support, NoObjection, Oppose, Comment} }

// Channel is how an answer came.
type Channel string

// The channels; ByPage is the page of the link or of the desk.
const (
	ByPage   Channel = "page"
	ByLetter Channel = "letter"
	ByEmail  Channel = "email"
	ByPhone  Channel = "phone"
)

// Registered are the channels of answers that an officer registers.
func Registered() []Channel { return []Channel{ByLetter, ByEmail, ByPhone} }

// What happens to opinions. The kinds are stored: do not rename them.
const (
	EventSent      cases.EventKind = "remiss_sent"
	EventAnswered  cases.EventKind = "remiss_answered"
	EventExtended  cases.EventKind = "remiss_extended"
	EventWithdrawn cases.EventKind = "remiss_withdrawn"
	EventReminded  cases.EventKind = "remiss_reminded"
)

// Late reports whether the last day passed before the answer came, or has passed today while there is none.
func (r Remiss) Late(today calendar.Date) bool {
	switch r.State {
	case Answered:
		return r.AnsweredOn.After(r.Due)
	case Sent:
		return today.After(r.Due)
	}
	return false
}

// Question is what an opinion is asked about: of a unit or person inside, or of somebody outside.
type Question struct {
	To          Whom
	Name, Email string // outside; an e-mail address gets a link
	Lang        i18n.Lang
	Words       string
	Documents   []int // numbers of files of the case
	Due         calendar.Date
	Law         string
}

// Asking is a remiss that went out: its ID, and outside the link to answer on, which is told this once.
type Asking struct{ ID, Link string }

// Ask asks for an opinion (FL 26 §: it says what it is to be about and when it must have come in). What goes to another authority or out of
// the municipality is a handling that goes out; what stays within the authority is not sent anywhere (TF 2 kap., from general knowledge).
func (s *Service) Ask(ctx context.Context, who access.Actor, on cases.On, q Question) (Asking, error) {
	out := Asking{ID: store.NewID()}
	outside := q.To == (Whom{})
	right := access.CaseStatus
	if outside {
		right = access.CaseMessage
	}
	_, err := s.Cases.Do(ctx, who, on, right, "remiss.sent", func(ctx context.Context, a *cases.Act) error {
		if !a.Case.Open {
			return cases.ErrClosed
		}
		if err := s.checkQuestion(a, &q, outside); err != nil {
			return err
		}
		files, degree, err := chosen(ctx, a, who, q.Documents)
		if err != nil {
			return err
		}
		if o := marked(a, degree); access.RequiresTrace(o) && q.Law == "" && (outside || !s.reader(o, q.To)) {
			return ErrGround
		}
		_, err = a.Tx.Exec(ctx, `INSERT INTO remiss (id, case_id, outside, unit, person, name, email, lang, words, due, law, state, by_person, sent_at, stance, answer,
			answered_by, answered_on, channel, reminded, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'sent', $12, $13, '', '', '', '', '', '', 1)`,
			out.ID, a.Case.ID, store.Bool(outside), q.To.Unit, q.To.Person, q.Name, q.Email, string(q.Lang), q.Words, q.Due.String(), q.Law, who.Person, store.Micros(a.Now))
		if err != nil {
			return fmt.Errorf("storing a remiss: %w", err)
		}
		if err := addFiles(ctx, a.Tx, out.ID, files, false); err != nil {
			return err
		}
		a.Event.Kind, a.Event.Internal, a.Event.Body = EventSent, true, q.Words
		a.Event.Data = cases.EventData{Ref: out.ID, To: s.partyName(q.To, q.Name), Day: q.Due, Law: q.Law}
		if outside {
			if err := a.AddParty(ctx, cases.Party{Role: cases.Consulted, Name: q.Name, Email: q.Email}); err != nil {
				return err
			}
		}
		if outside || s.leaves(a.Case, q.To) {
			a.Handling = &cases.Handling{Direction: cases.Out, Kind: string(EventSent), Party: s.partyName(q.To, q.Name)}
		}
		out.Link, err = s.tell(ctx, a.Tx, a.Case, Remiss{ID: out.ID, CaseID: a.Case.ID, Outside: outside, To: q.To, Name: q.Name, Email: q.Email, Lang: q.Lang, Due: q.Due}, RemissAsked)
		return err
	})
	if err != nil {
		return Asking{}, fmt.Errorf("asking for an opinion: %w", err)
	}
	return out, nil
}

func (s *Service) checkQuestion(a *cases.Act, q *Question, outside bool) error {
	q.Words, q.Name, q.Email, q.Law = strings.TrimSpace(q.Words), strings.TrimSpace(q.Name), strings.TrimSpace(q.Email), strings.TrimSpace(q.Law)
	if q.Lang == "" {
		q.Lang = i18n.SV
	}
	d := s.Organisation.Directory()
	_, known := d.Unit(q.To.Unit)
	p, person := d.Person(q.To.Person)
	switch {
	case q.Words == "":
		return cases.ErrEmpty
	case !q.Due.After(calendar.DateOf(a.Now)):
		return ErrDay
	case outside && q.Name == "":
		return ErrWhom
	case !outside && q.To.Person != "" && (!person || p.Closed || s.unitOf(q.To.Person) == ""):
		return ErrWhom
	case !outside && q.To.Person == "" && !known:
		return ErrWhom
	}
	return nil
}

// reader tells whether the one inside who is asked may read what is sent anyway.
func (s *Service) reader(o access.Object, to Whom) bool {
	if to.Person != "" {
		return s.reads(to.Person, o)
	}
	return s.unitReads(to.Unit, to.Role, o)
}

// marked is the case as the rules see it, as secret as the most secret of some of its files.
func marked(a *cases.Act, degree cases.Secrecy) access.Object {
	o := a.Case.Object(a.Parties...)
	o.Secrecy = max(o.Secrecy, access.Secrecy(degree))
	return o
}

// unitOf is the first unit that a person works in, "" for none.
func (s *Service) unitOf(person string) string {
	for _, m := range s.Organisation.Directory().MandatesOf(person, s.today()) {
		if m.Unit != "" {
			return m.Unit
		}
	}
	return ""
}

// leaves tells whether what is sent to somebody inside the municipality leaves the authority that has the case: the body answers for it.
func (s *Service) leaves(c *cases.Case, to Whom) bool {
	unit := to.Unit
	if to.Person != "" {
		unit = s.unitOf(to.Person)
	}
	body, ok := s.Organisation.Directory().ResponsibleBody(unit)
	return !ok || body.ID != c.Body
}

// partyName is what the diarium calls the one who is asked.
func (s *Service) partyName(to Whom, name string) string {
	d := s.Organisation.Directory()
	switch {
	case to.Person != "":
		p, _ := d.Person(to.Person)
		return p.Name
	case to.Unit != "":
		u, _ := d.Unit(to.Unit)
		return u.Name.In(i18n.SV)
	}
	return name
}

// chosen are the files of the case with these numbers, in their order, and the highest degree to which one of them is marked. One that the
// actor may not read is not there.
func chosen(ctx context.Context, a *cases.Act, who access.Actor, numbers []int) (out []File, degree cases.Secrecy, err error) {
	all, err := a.Documents(ctx)
	if err != nil {
		return nil, 0, err
	}
	for _, d := range all {
		if slices.Contains(numbers, d.N) && (d.Secrecy == cases.Open || access.Check(who, access.CaseRead, marked(a, d.Secrecy)).Allowed) {
			out = append(out, File{N: d.N, Document: d.Document, Name: d.Name, MIME: d.Mime, Size: d.Size})
			degree = max(degree, d.Secrecy)
		}
	}
	for _, n := range numbers {
		if !slices.ContainsFunc(out, func(f File) bool { return f.N == n }) {
			return nil, 0, ErrFile
		}
	}
	return out, degree, nil
}

// addFiles keeps files with a remiss, after those it has.
func addFiles(ctx context.Context, tx *store.Tx, id string, files []File, answer bool) error {
	var n int
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(n), 0) FROM remiss_file WHERE remiss_id = $1`, id).Scan(&n); err != nil {
		return fmt.Errorf("counting the files of a remiss: %w", err)
	}
	for i, f := range files {
		_, err := tx.Exec(ctx, `INSERT INTO remiss_file (remiss_id, n, document, name, mime, size, answer) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			id, n+i+1, f.Document, f.Name, f.MIME, f.Size, store.Bool(answer))
		if err != nil {
			return fmt.Errorf("keeping a file of a remiss: %w", err)
		}
	}
	return nil
}

// tell writes to the one who is asked. Somebody outside gets a new link, which it gives.
func (s *Service) tell(ctx context.Context, tx *store.Tx, c *cases.Case, r Remiss, kind LetterKind) (link string, err error) {
	l := Letter{Kind: kind, To: r.Email, Lang: r.Lang, Number: c.Number, Day: r.Due, CaseID: c.ID}
	switch {
	case !r.Outside && r.To.Person != "":
		p, _ := s.Organisation.Directory().Person(r.To.Person)
		l.To, l.Lang, l.Path = p.Email, i18n.SV, AskedPath(r.ID)
	case r.Outside && kind != RemissWithdrawn:
		link = newLink()
		l.Path = LinkPath(link)
		if _, err := tx.Exec(ctx, `INSERT INTO remiss_link (hash, remiss_id) VALUES ($1, $2)`, hashOf(link), r.ID); err != nil {
			return "", fmt.Errorf("keeping a link: %w", err)
		}
	}
	return link, s.write(ctx, tx, l)
}

// newLink is 256 random bits, as part of an address.
func newLink() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashOf is what is kept of a link.
func hashOf(link string) string {
	sum := sha256.Sum256([]byte(link))
	return hex.EncodeToString(sum[:])
}

// Extend gives a later last day. Somebody outside gets a new link.
func (s *Service) Extend(ctx context.Context, who access.Actor, caseID, id string, day calendar.Date, reason string) (link string, err error) {
	err = s.onRemiss(ctx, who, caseID, id, "remiss.extended", func(ctx context.Context, a *cases.Act, r Remiss) error {
		if !day.After(r.Due) || !day.After(calendar.DateOf(a.Now)) {
			return ErrDay
		}
		a.Event.Kind, a.Event.Body, a.Event.Data = EventExtended, strings.TrimSpace(reason), cases.EventData{Ref: id, To: s.partyName(r.To, r.Name), Day: day}
		r.Due = day
		if link, err = s.tell(ctx, a.Tx, a.Case, r, RemissExtended); err != nil {
			return err
		}
		return a.Tx.ExecOne(ctx, `UPDATE remiss SET due = $2, reminded = '', version = version + 1 WHERE id = $1`, id, day.String())
	})
	return link, err
}

// Withdraw asks for the opinion no more. Links end.
func (s *Service) Withdraw(ctx context.Context, who access.Actor, caseID, id, reason string) error {
	return s.onRemiss(ctx, who, caseID, id, "remiss.withdrawn", func(ctx context.Context, a *cases.Act, r Remiss) error {
		if reason = strings.TrimSpace(reason); reason == "" {
			return cases.ErrNote
		}
		a.Event.Kind, a.Event.Body, a.Event.Data = EventWithdrawn, reason, cases.EventData{Ref: id, To: s.partyName(r.To, r.Name)}
		if _, err := s.tell(ctx, a.Tx, a.Case, r, RemissWithdrawn); err != nil {
			return err
		}
		if _, err := a.Tx.Exec(ctx, `DELETE FROM remiss_link WHERE remiss_id = $1`, id); err != nil {
			return fmt.Errorf("ending the links of a remiss: %w", err)
		}
		return a.Tx.ExecOne(ctx, `UPDATE remiss SET state = 'withdrawn', version = version + 1 WHERE id = $1`, id)
	})
}

// onRemiss runs an act of those who have the case on an opinion that is still asked for.
func (s *Service) onRemiss(ctx context.Context, who access.Actor, caseID, id, action string, do func(context.Context, *cases.Act, Remiss) error) error {
	_, err := s.Cases.Do(ctx, who, cases.On{Case: caseID}, access.CaseStatus, action, func(ctx context.Context, a *cases.Act) error {
		r, err := remissOf(ctx, a.Tx, id)
		switch {
		case err != nil:
			return err
		case r.CaseID != a.Case.ID:
			return store.ErrNotFound
		case r.State == Withdrawn:
			return ErrWithdrawn
		case r.State != Sent:
			return ErrOver
		}
		a.Event.Internal = true
		return do(ctx, a, r)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

const remissColumns = `r.id, r.case_id, r.outside, r.unit, r.person, r.name, r.email, r.lang, r.words, r.due, r.law, r.state, r.by_person, r.sent_at, r.stance, r.answer,
	r.answered_by, r.answered_on, r.channel, r.reminded, r.version`

func scanRemiss(rows *store.Rows, more ...any) (Remiss, error) {
	var r Remiss
	var sent int64
	err := rows.Scan(append([]any{&r.ID, &r.CaseID, &r.Outside, &r.To.Unit, &r.To.Person, &r.Name, &r.Email, &r.Lang, &r.Words, &r.Due, &r.Law, &r.State, &r.By, &sent,
		&r.Stance, &r.Answer, &r.AnsweredBy, &r.AnsweredOn, &r.Channel, &r.Reminded, &r.Version}, more...)...)
	r.SentAt = store.Time(sent)
	return r, err
}

// remissOf reads an opinion with its files; store.ErrNotFound if there is none.
func remissOf(ctx context.Context, q store.Queryer, id string) (Remiss, error) {
	list, err := store.All(ctx, q, func(r *store.Rows) (Remiss, error) { return scanRemiss(r) }, `SELECT `+remissColumns+` FROM remiss r WHERE r.id = $1`, id)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return Remiss{}, fmt.Errorf("reading a remiss: %w", err)
	}
	r := list[0]
	r.Files, err = store.All(ctx, q, func(rows *store.Rows) (File, error) {
		var f File
		return f, rows.Scan(&f.N, &f.Document, &f.Name, &f.MIME, &f.Size, &f.Answer)
	}, `SELECT n, document, name, mime, size, answer FROM remiss_file WHERE remiss_id = $1 ORDER BY n`, id)
	return r, err
}
