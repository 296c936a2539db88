package ruling

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Organisation is who works where and what bodies have decided; *bodies.Service is it.
type Organisation interface {
	Directory() *bodies.Directory
	Decision(ctx context.Context, id string) (bodies.Decision, error)
}

// Config is what a Service stands on. All fields are required.
type Config struct {
	DB           *store.DB
	Journal      *journal.Log
	Cases        *cases.Service
	Types        cases.Types
	Vault        *documents.Vault
	Organisation Organisation
	Clock        calendar.Clock
	Days         *calendar.Calendar
	Words        func(i18n.Lang) *i18n.Localizer
	Town         i18n.Text // on documents
}

// Service is what is done with decisions.
type Service struct {
	db    *store.DB
	log   *journal.Log
	cases *cases.Service
	types cases.Types
	vault *documents.Vault
	org   Organisation
	clock calendar.Clock
	days  *calendar.Calendar
	words func(i18n.Lang) *i18n.Localizer
	town  i18n.Text
}

// New makes the service.
func New(c Config) *Service {
	return &Service{db: c.DB, log: c.Journal, cases: c.Cases, types: c.Types, vault: c.Vault, org: c.Organisation, clock: c.Clock, days: c.Days, words: c.Words, town: c.Town}
}

// ErrDay means that midnight passed while the decision was written: it bears the day before. Try again.
var ErrDay = errors.New("the day changed while the decision was written")

// Making is a decision as an official words it: what the case asks for, and what belongs to its document.
type Making struct {
	cases.Ruling
	Words   Words
	Against []int  // places of the parties it goes against; nil: as the outcome says
	Changes string // decision that it corrects or changes
	Change  Change
}

func (s *Service) today() calendar.Date { return calendar.DateOf(s.clock.Now()) }

// Decide makes a decision with its document. The delegation and the mandate are asked on the day, and again at the instant it is written.
func (s *Service) Decide(ctx context.Context, who access.Actor, on cases.On, m Making) (*Record, error) {
	c, parties, _, err := s.cases.May(ctx, who, access.CaseRead, on.Case)
	if err != nil {
		return nil, fmt.Errorf("deciding: %w", err)
	}
	ct, ok := s.types.Version(c.TypeID, c.TypeVersion)
	if !ok {
		return nil, fmt.Errorf("deciding: case type %s version %d is not loaded", c.TypeID, c.TypeVersion)
	}
	kind := ct.Decision(m.Key)
	if kind == nil {
		return nil, fmt.Errorf("deciding: %w", cases.ErrDecision)
	}
	day := s.today()
	if kind.Delegation != nil {
		if err := s.delegated(who.Person, kind.Delegation.Ref, kind.Delegation.Role, c.Unit, day); err != nil {
			return nil, fmt.Errorf("deciding: %w", err)
		}
	}
	r := &Record{
		Case: c.ID, Number: c.Number, Member: c.Member, Body: c.Body, Unit: c.Unit, Key: kind.Key, Title: kind.Title.In(i18n.SV), Outcome: kind.Outcome, Day: day, By: who.Person,
		Words: m.Words, Appeal: Appealing{Type: kind.Appeal.Type, Within: kind.Appeal.Within, Text: kind.Appeal.Text.In(i18n.SV), Court: kind.Appeal.To.In(i18n.SV)},
		Parties: served(parties, kind.Outcome, m.Against), Changes: m.Changes, Change: m.Change,
	}
	if kind.Delegation != nil {
		r.Delegation = kind.Delegation.Ref
	}
	if err := s.deciders(ctx, who.Person, r, m.Beslut); err != nil {
		return nil, fmt.Errorf("deciding: %w", err)
	}
	if lacks := Demand(r.Words, kind.Outcome, r.against()); len(lacks) > 0 {
		return nil, fmt.Errorf("deciding: %w", &LackError{lacks})
	}
	a := s.about(c, parties)
	a.Opening = fill(kind.Wording.Opening.In(i18n.SV), c.Number, c.Subject, strings.Join(a.Party, ", "), day.String())
	a.Closing = fill(kind.Wording.Closing.In(i18n.SV), c.Number, c.Subject, strings.Join(a.Party, ", "), day.String())
	if m.Changes != "" {
		if a.Changes, err = s.changing(ctx, s.db, r); err != nil {
			return nil, fmt.Errorf("deciding: %w", err)
		}
	}
	l := s.words(i18n.SV)
	papers, err := s.papers(ctx, l, r, a, who.Person)
	if err != nil {
		return nil, fmt.Errorf("deciding: %w", err)
	}
	m.Ruling.Approved, m.Ruling.Text = m.Words.Text, spoken(l, r.Words)
	m.Ruling.With = func(ctx context.Context, act *cases.Act, d *cases.Decision) error {
		r.Decision, r.Mandate = d.ID, d.Mandate
		if err := s.enter(ctx, act, r, papers, d); err != nil {
			return err
		}
		if m.Changes != "" {
			return s.replaced(ctx, act, r)
		}
		return nil
	}
	_, err = s.cases.Decide(ctx, who, on, m.Ruling)
	if errors.Is(err, cases.ErrDecision) && kind.Delegation != nil { // it ended between the two questions
		if ended := s.delegated(who.Person, kind.Delegation.Ref, kind.Delegation.Role, c.Unit, s.today()); ended != nil {
			err = fmt.Errorf("%w: %w", ended, err)
		}
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// served are the parties of a case before anybody has the decision.
func served(parties []cases.Party, outcome casetype.Outcome, against []int) []Served {
	var out []Served
	for n, p := range parties {
		x := Served{N: n, Person: p.Person, Org: p.Organisation, Role: p.Role, Against: againstOf(outcome, p.Role, p.Ground)}
		if against != nil {
			x.Against = false
			for _, place := range against {
				x.Against = x.Against || place == n && x.own()
			}
		}
		out = append(out, x)
	}
	return out
}

// against tells whether the decision goes against some party.
func (r *Record) against() bool {
	for _, p := range r.Parties {
		if p.Against {
			return true
		}
	}
	return false
}

// deciders fills in who made the decision and when: the official, on delegation; else the body at its meeting.
func (s *Service) deciders(ctx context.Context, person string, r *Record, beslut string) error {
	d := s.org.Directory()
	if r.Delegation != "" {
		if p, ok := d.Person(person); ok && len(r.Words.Deciders) == 0 {
			r.Words.Deciders = []string{p.Name}
		}
		return nil
	}
	made, err := s.org.Decision(ctx, beslut)
	if isMissing(err) {
		return fmt.Errorf("%w: %w", cases.ErrDecision, err)
	}
	if err != nil {
		return err
	}
	b, _ := d.Body(made.Body)
	r.Beslut, r.Day, r.Report = made.ID, made.On, Report{Meeting: made.On, Paragraph: made.Paragraph}
	r.Words.Deciders = []string{s.words(i18n.SV).T("ruling.doc.body", "Body", b.Name.In(i18n.SV), "Day", made.On.String(), "Paragraph", strings.TrimPrefix(made.Paragraph, "§ "))}
	return nil
}

// about is what the document says of a case. Whose data are protected are not named.
func (s *Service) about(c *cases.Case, parties []cases.Party) about {
	a := about{Sender: s.town.In(i18n.SV), Subject: c.Subject}
	if b, ok := s.org.Directory().Body(c.Body); ok {
		a.Sender += ", " + b.Name.In(i18n.SV)
	}
	for _, p := range parties {
		if !c.Protected && p.Ground == "" && p.Role == cases.Initiator && p.Name != "" {
			a.Party = append(a.Party, p.Name)
		}
	}
	return a
}

// spoken is the decision as it is read in the case: what was decided and why.
func spoken(l *i18n.Localizer, w Words) string {
	parts := []string{strings.TrimSpace(w.Text)}
	switch {
	case w.Without != "":
		parts = append(parts, l.T("ruling.without."+string(w.Without)))
	case strings.TrimSpace(w.Reasons) != "":
		parts = append(parts, l.T("ruling.doc.reasons")+": "+strings.TrimSpace(w.Reasons))
	}
	return strings.Join(parts, "\n\n")
}

// papers are the two files of a decision, durable in the vault and not yet in the database.
type papers struct {
	html, pdf *documents.Staged
}

// papers writes the document and its paper copy.
func (s *Service) papers(ctx context.Context, l *i18n.Localizer, r *Record, a about, by string) (papers, error) {
	text := compose(l, r, a)
	var p papers
	html, err := text.html()
	if err != nil {
		return p, err
	}
	pdf, err := text.pdf()
	if err != nil {
		return p, err
	}
	name := l.T("ruling.doc.file", "Number", strings.ReplaceAll(r.Number, "/", "-"))
	if p.html, err = s.stage(ctx, html, name+".html", by, documents.HTML); err != nil {
		return p, err
	}
	if p.pdf, err = s.stage(ctx, pdf, name+".pdf", by, documents.PDF); err != nil {
		return p, err
	}
	r.HTML, r.PDF = File{p.html.ID, p.html.SHA256}, File{p.pdf.ID, p.pdf.SHA256}
	return p, nil
}

func (s *Service) stage(ctx context.Context, content []byte, name, by, mime string) (*documents.Staged, error) {
	return s.vault.Stage(ctx, bytes.NewReader(content), documents.Meta{Name: name, By: by, Limits: documents.Limits{MaxBytes: int64(len(content)), Types: []string{mime}, Original: true}})
}

// enter writes the record, its documents and its signature, in the transaction of the decision.
func (s *Service) enter(ctx context.Context, act *cases.Act, r *Record, p papers, d *cases.Decision) error {
	day := calendar.DateOf(act.Now)
	if r.Beslut == "" && day != r.Day {
		return ErrDay
	}
	if err := s.inForce(r.Mandate, day); err != nil {
		return err
	}
	r.At = act.Now
	signed, err := (Statement{Number: r.Number, Case: r.Case, Decision: r.Decision, HTML: r.HTML.SHA256, PDF: r.PDF.SHA256, Decider: r.By, Mandate: r.Mandate,
		Delegation: r.Delegation + r.Beslut, At: d.At}).Sign(s.log.Key())
	if err != nil {
		return err
	}
	r.Statement = signed
	for _, staged := range []*documents.Staged{p.html, p.pdf} {
		if err := s.vault.Insert(ctx, act.Tx, staged); err != nil {
			return err
		}
		act.Files = append(act.Files, cases.Document{Document: staged.ID, Name: staged.Name, Mime: staged.MIME, Size: staged.Size, SHA256: staged.SHA256, Direction: cases.Out})
	}
	act.Event.Data.Ref = r.Decision
	act.More = made{Day: r.Day, Delegation: r.Delegation, Beslut: r.Beslut, HTML: r.HTML.SHA256, PDF: r.PDF.SHA256, Statement: signed, Changes: r.Changes, Rule: r.Change.Rule}
	return insert(ctx, act.Tx, r)
}

// made is what the journal keeps of a decision's document.
type made struct {
	Day        calendar.Date `json:"day"`
	Delegation string        `json:"delegation,omitempty"`
	Beslut     string        `json:"beslut,omitempty"`
	HTML       string        `json:"html"`
	PDF        string        `json:"pdf"`
	Statement  string        `json:"statement"`
	Changes    string        `json:"changes,omitempty"`
	Rule       Rule          `json:"rule,omitempty"`
}

// changing sees that the decision may be corrected or changed so, and gives it in words.
func (s *Service) changing(ctx context.Context, q store.Queryer, r *Record) (string, error) {
	old, err := find(ctx, q, r.Changes)
	if err != nil {
		return "", err
	}
	if old.Case != r.Case || old.Changed != "" {
		return "", &ChangeError{"other", "36–38"}
	}
	e := Earlier{Favours: old.Outcome == casetype.Approve, First: true}
	for _, a := range old.Appeals {
		e.Appealed = e.Appealed || a.State == Lodged || a.State == Accepted || a.State == Forwarded
		e.Forwarded = e.Forwarded || a.State == Forwarded
	}
	if err := MayChange(e, r.Change); err != nil {
		return "", err
	}
	return s.words(i18n.SV).T("ruling.doc.changes_text."+string(r.Change.Rule), "Day", old.Day.String(), "Title", old.Title), nil
}

// replaced lets the earlier decision know. Its appeals follow with the new one when they are handed over (FL 46 § second paragraph).
func (s *Service) replaced(ctx context.Context, act *cases.Act, r *Record) error {
	if _, err := s.changing(ctx, act.Tx, r); err != nil { // somebody may have been faster
		return err
	}
	old, err := find(ctx, act.Tx, r.Changes)
	if err != nil {
		return err
	}
	if r.Change.Rule == Correct36 { // the same decision, put right: its time runs on
		return nil
	}
	old.Changed, old.Final = r.Decision, Finality{Wait: WaitVoid}
	return save(ctx, act.Tx, old)
}

// Of gives the records of a case, oldest first. Who may see the case, the caller has asked.
func (s *Service) Of(ctx context.Context, caseID string) ([]*Record, error) {
	return ofCase(ctx, s.db, caseID)
}

// Record gives a decision to an official who may read its case, and the case.
func (s *Service) Record(ctx context.Context, who access.Actor, decision string) (*Record, cases.OfficerView, error) {
	r, err := find(ctx, s.db, decision)
	if err != nil {
		return nil, cases.OfficerView{}, err
	}
	view, err := s.cases.View(ctx, who, r.Case)
	return r, view, err
}
