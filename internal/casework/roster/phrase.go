package roster

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// ActionPhraseSaved is what the journal calls a text that a head wrote.
const ActionPhraseSaved = "phrase.saved"

// Phrase is a text to begin from: of the pack, or a version of one that a head wrote.
type Phrase struct {
	pack.Phrase        // Key is the ID of one that a head wrote
	Version     int    // 0: of the pack
	Retired     bool   // not offered any more
	By          string // person
}

// Own tells whether a head wrote it.
func (p Phrase) Own() bool { return p.Version > 0 }

// Bounds of a text, in characters.
const (
	maxPhraseTitle = 80
	maxPhraseText  = 5000
)

// Errors of a text that the page tells at its fields; a variable that does not exist is a *pack.VariableError.
var (
	ErrTitle    = errors.New("a text needs a title of at most 80 characters in both languages")
	ErrWords    = errors.New("a text of at most 5 000 characters is needed in both languages")
	ErrUse      = errors.New("say what the text is for")
	ErrHeads    = errors.New("a text is for a unit that one heads")
	ErrTypeless = errors.New("there is no such case type")
)

const phraseColumns = `id, version, unit, types, uses, title_sv, title_en, text_sv, text_en, retired, by`

func scanPhrase(r *store.Rows) (Phrase, error) {
	var p Phrase
	var types, uses, titleSV, titleEN, textSV, textEN string
	err := r.Scan(&p.Key, &p.Version, &p.Unit, &types, &uses, &titleSV, &titleEN, &textSV, &textEN, &p.Retired, &p.By)
	p.Types, p.Title, p.Text = strings.Fields(types), i18n.Text{i18n.SV: titleSV, i18n.EN: titleEN}, i18n.Text{i18n.SV: textSV, i18n.EN: textEN}
	for _, u := range strings.Fields(uses) {
		p.For = append(p.For, pack.PhraseUse(u))
	}
	return p, err
}

// Phrases are all texts as they are now: those of the pack and then those that heads wrote.
func (s *Service) Phrases(ctx context.Context) ([]Phrase, error) {
	var out []Phrase
	for _, p := range s.Pack().Phrases {
		out = append(out, Phrase{Phrase: p})
	}
	own, err := store.All(ctx, s.DB, scanPhrase, `SELECT `+phraseColumns+` FROM roster_phrase p
		WHERE version = (SELECT max(version) FROM roster_phrase o WHERE o.id = p.id) ORDER BY title_sv, id`)
	if err != nil {
		return nil, fmt.Errorf("reading texts: %w", err)
	}
	return append(out, own...), nil
}

// Versions are all versions of a text that a head wrote, the newest first.
func (s *Service) Versions(ctx context.Context, id string) ([]Phrase, error) {
	list, err := store.All(ctx, s.DB, scanPhrase, `SELECT `+phraseColumns+` FROM roster_phrase WHERE id = $1 ORDER BY version DESC`, id)
	if err != nil {
		return nil, fmt.Errorf("reading a text: %w", err)
	}
	if len(list) == 0 {
		return nil, store.ErrNotFound
	}
	return list, nil
}

// SavePhrase saves a new text (Version 0), or a new version of one, whose Version is the one the caller saw: store.ErrConflict when there is
// a newer. A head writes for their unit.
func (s *Service) SavePhrase(ctx context.Context, who access.Actor, p Phrase) (Phrase, error) {
	may := access.Check(who, access.MandateAppointUnit, unitObject(s.Organisation.Directory(), "phrase", p.Unit))
	if err := may.Err(); err != nil {
		return p, fmt.Errorf("saving a text: %w: %w", ErrHeads, err)
	}
	if err := s.checkPhrase(&p); err != nil {
		return p, fmt.Errorf("saving a text: %w", err)
	}
	uses := make([]string, len(p.For))
	for i, u := range p.For {
		uses[i] = string(u)
	}
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		if p.Version == 0 {
			p.Key = store.NewID()
		} else {
			var newest int
			var unit string
			if err := tx.QueryRow(ctx, `SELECT version, unit FROM roster_phrase WHERE id = $1 ORDER BY version DESC LIMIT 1`, p.Key).Scan(&newest, &unit); err != nil {
				return journal.Entry{}, err
			}
			if newest != p.Version {
				return journal.Entry{}, store.ErrConflict
			}
			if err := access.Check(who, access.MandateAppointUnit, unitObject(s.Organisation.Directory(), "phrase", unit)).Err(); err != nil {
				return journal.Entry{}, err
			}
		}
		p.Version++
		p.By = who.Person
		_, err := tx.Exec(ctx, `INSERT INTO roster_phrase (`+phraseColumns+`, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, p.Key, p.Version, p.Unit,
			strings.Join(p.Types, " "), strings.Join(uses, " "), p.Title[i18n.SV], p.Title[i18n.EN], p.Text[i18n.SV], p.Text[i18n.EN], store.Bool(p.Retired), p.By, store.Micros(s.now()))
		return journal.Entry{Actor: who.Person, Mandate: may.Mandate, Action: ActionPhraseSaved, Object: journal.Ref{Kind: "phrase", ID: p.Key},
			Payload: map[string]any{"version": p.Version, "unit": p.Unit, "types": p.Types, "for": p.For, "title": p.Title, "text": p.Text, "retired": p.Retired}}, err
	})
	if err != nil {
		return p, fmt.Errorf("saving a text: %w", err)
	}
	return p, nil
}

func (s *Service) checkPhrase(p *Phrase) error {
	for _, l := range i18n.Languages() {
		title, text := strings.Join(strings.Fields(p.Title[l]), " "), strings.TrimSpace(oneForm(p.Text[l]))
		switch {
		case title == "" || utf8.RuneCountInString(title) > maxPhraseTitle:
			return ErrTitle
		case text == "" || utf8.RuneCountInString(text) > maxPhraseText:
			return ErrWords
		}
		if err := pack.CheckWords(text); err != nil {
			return err
		}
		p.Title[l], p.Text[l] = title, text
	}
	known := pack.PhraseUse("").Values()
	if len(p.For) == 0 || slices.ContainsFunc(p.For, func(u pack.PhraseUse) bool { return !slices.Contains(known, string(u)) }) {
		return ErrUse
	}
	open := s.Types.Open(s.today())
	for _, id := range p.Types {
		if !slices.ContainsFunc(open, func(ct *casetype.CaseType) bool { return ct.ID == id }) {
			return ErrTypeless
		}
	}
	return nil
}

// oneForm is a text with the line ends we keep.
func oneForm(s string) string { return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s) }

// Fits are the texts for a use in a case, in the order of the page.
func (s *Service) Fits(ctx context.Context, use pack.PhraseUse, c *cases.Case) ([]Phrase, error) {
	all, err := s.Phrases(ctx)
	if err != nil {
		return nil, err
	}
	d := s.Organisation.Directory()
	return slices.DeleteFunc(all, func(p Phrase) bool {
		return p.Retired || !slices.Contains(p.For, use) || p.Unit != "" && !d.InSubtree(p.Unit, c.Unit) || len(p.Types) > 0 && !slices.Contains(p.Types, c.TypeID)
	}), nil
}

// About is what the variables of a text are of.
type About struct {
	Case      *cases.Case
	Type      *casetype.CaseType
	Parties   []cases.Party
	Decisions []cases.Decision
}

// The marks around a variable without a value. A text that has one cannot be sent.
const (
	gapBegin = "[["
	gapEnd   = "]]"
)

// gap is a variable without a value in a text.
var gap = regexp.MustCompile(`\[\[[^\[\]\n]*\]\]`)

// Gaps are the variables of a text that nobody has filled in.
func Gaps(text string) []string { return gap.FindAllString(text, -1) }

// Fill writes a text about a case. What has no value is marked, so that nobody misses it.
func (s *Service) Fill(p Phrase, a About, lang i18n.Lang) (text string, missing []string) {
	values := s.values(a, lang)
	return pack.FillWords(p.Text.In(lang), func(name string) string { return plain(values[name]) }, func(name string) string { return gapBegin + name + gapEnd })
}

// plain is a value on one line, without the marks that mean something.
func plain(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer(gapBegin, "", gapEnd, "").Replace(s)), " ")
}

// values are the variables as they are for a case; pack.Variables names them all.
func (s *Service) values(a About, lang i18n.Lang) map[string]string {
	c, d, p := a.Case, s.Organisation.Directory(), s.Pack()
	date := func(day calendar.Date) string { return calendar.FormatDate(day, lang) }
	out := map[string]string{
		"arende.nummer": c.Number, "arende.mening": c.Subject, "arende.plats": c.Place.Address, "arende.inkom": date(calendar.DateOf(c.ReceivedAt)),
		"arende.typ": a.Type.Title.In(lang), "idag": date(s.today()), "kommun.namn": p.Municipality.Name.In(lang), "kommun.telefon": p.Municipality.Contact.Phone,
	}
	if st := a.Type.Status(c.Status); st != nil {
		out["arende.status"] = st.Title.In(lang)
	}
	if !c.Due.IsZero() {
		out["sista.dag"] = date(c.Due)
	}
	if i := slices.IndexFunc(a.Parties, func(p cases.Party) bool { return p.Role == cases.Initiator && p.Name != "" }); i >= 0 {
		out["part.namn"] = a.Parties[i].Name
	}
	if who, ok := d.Person(c.Assignee); ok {
		out["handlaggare.namn"] = who.Name
	}
	if n := len(a.Decisions); n > 0 {
		last := a.Decisions[n-1]
		out["beslut.datum"] = date(calendar.DateOf(last.At))
		if kind := a.Type.Decision(last.Key); kind != nil {
			out["beslut.namn"] = kind.Title.In(lang)
		}
	}
	if u, ok := d.Unit(c.Unit); ok {
		out["enhet.namn"] = u.Name.In(lang)
	}
	if u := p.Unit(c.Unit); u != nil {
		out["enhet.telefon"], out["enhet.epost"] = u.Phone, u.Email
	}
	return out
}
