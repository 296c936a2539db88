package tie

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/geo"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/search"
	"dygnet/internal/kernel/store"
)

// What is looked for as perhaps the same matter.
const (
	nearMetres = 150     // in SWEREF 99 TM; the indexes have squares of this side
	nearDays   = 60      // since it was closed
	nearMost   = 8       // that are shown
	nearRows   = 200     // that are looked at
	wordsMost  = 6       // of a matter that are looked up
	wordLeast  = 4       // letters of such a word
	perWord    = 40      // cases that have it
	halfScore  = 1.0 / 2 // of place and words each
)

// Like is a case that is perhaps the same matter as another.
type Like struct {
	Case   *cases.Case // subject and place are empty where they are veiled
	Metres float64     // from it; negative: one of them has no point
	Words  []string    // of the other that are in it too
	Score  float64     // 0 to 1: half for how near it is, half for how many of the words it has
}

// Similar finds open cases, and those closed in the last 60 days, of the same case type as one, that are near it or say the same, the most
// like it first. It looks only among what the official may read, and by what they say only among what is not marked, since to find a marked
// case by its words is to read it.
func (s *Service) Similar(ctx context.Context, who access.Actor, c *cases.Case, ct *casetype.CaseType) ([]Like, error) {
	found := map[string]*Like{}
	if c.Place.HasPoint {
		near, err := s.nearby(ctx, who, c)
		if err != nil {
			return nil, err
		}
		for _, id := range near {
			found[id.id] = &Like{Metres: id.metres}
		}
	}
	words := telling(ct, c)
	for _, word := range words {
		ids, err := s.saying(ctx, who, c, word)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if found[id] == nil {
				found[id] = &Like{Metres: -1}
			}
			found[id].Words = append(found[id].Words, word)
		}
	}
	var out []Like
	for id, l := range found {
		if l.Metres < 0 && len(l.Words)*2 <= len(words) { // words alone: more than half of them
			continue
		}
		if l.Metres >= 0 {
			l.Score = halfScore * (1 - l.Metres/nearMetres)
		}
		if len(words) > 0 {
			l.Score += halfScore * float64(len(l.Words)) / float64(len(words))
		}
		other, err := s.Cases.Case(ctx, id)
		if err != nil {
			return nil, err
		}
		if access.RequiresTrace(other.Object()) && other.Assignee != who.Person {
			other.Subject, other.Place = "", cases.Place{}
		}
		l.Case = other
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b Like) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), b.Case.ReceivedAt.Compare(a.Case.ReceivedAt), cmp.Compare(a.Case.ID, b.Case.ID))
	})
	return out[:min(len(out), nearMost)], nil
}

type place struct {
	id     string
	metres float64
}

// box is a part of the condition of cases c: of a member and type, in the nine squares of 150 m around a point, open or closed lately. Two
// indexes answer it, which have the squares. arg gives the placeholder of a value.
func (s *Service) box(arg func(any) string, member, typeID string, north, east float64) string {
	squares := func(metres float64) string {
		at := math.Floor(metres / nearMetres)
		return "(" + arg(at-1) + ", " + arg(at) + ", " + arg(at+1) + ")"
	}
	in := fmt.Sprintf("c.member = %s AND c.type_id = %s AND c.north IS NOT NULL AND floor(c.north / 150) IN %s AND floor(c.east / 150) IN %s",
		arg(member), arg(typeID), squares(north), squares(east))
	return "c.id IN (SELECT c.id FROM cases c WHERE c.open = 1 AND " + in + " UNION ALL SELECT c.id FROM cases c WHERE c.open = 0 AND " + in + " AND c.closed_at >= " + arg(s.lately()) + ")"
}

func (s *Service) lately() int64 { return store.Micros(s.now().AddDate(0, 0, -nearDays)) }

func (s *Service) nearby(ctx context.Context, who access.Actor, c *cases.Case) ([]place, error) {
	var args []any
	where := s.box(func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }, c.Member, c.TypeID, c.Place.North, c.Place.East)
	may, more := cases.Visible(who, access.CaseRead, len(args)+1)
	args = append(append(args, more...), c.ID)
	list, err := store.All(ctx, s.DB, func(r *store.Rows) (place, error) {
		var p place
		var north, east float64
		err := r.Scan(&p.id, &north, &east)
		p.metres = math.Hypot(north-c.Place.North, east-c.Place.East)
		return p, err
	}, fmt.Sprintf(`SELECT c.id, c.north, c.east FROM cases c WHERE %s AND %s AND c.id <> $%d LIMIT %d`, where, may, len(args), nearRows), args...)
	if err != nil {
		return nil, fmt.Errorf("looking for cases near one: %w", err)
	}
	return slices.DeleteFunc(list, func(p place) bool { return p.metres > nearMetres }), nil
}

// saying finds cases that may be the same by one word. The index folds, stems and splits compounds.
func (s *Service) saying(ctx context.Context, who access.Actor, c *cases.Case, word string) ([]string, error) {
	may, args := cases.Visible(who, access.CaseRead, 1)
	arg := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	where := "EXISTS (SELECT 1 FROM cases c WHERE c.id = search_document.id AND c.secrecy = 0 AND c.protected = 0 AND c.type_id = " + arg(c.TypeID) +
		" AND c.member = " + arg(c.Member) + " AND c.id <> " + arg(c.ID) + " AND (c.open = 1 OR c.closed_at >= " + arg(s.lately()) + ") AND " + may + ")"
	result, err := s.Index.Find(ctx, s.DB, search.Request{Text: word, Kinds: []string{"case"}, Where: where, Args: args, Limit: perWord})
	if err != nil {
		return nil, fmt.Errorf("looking for cases that say the same: %w", err)
	}
	out := make([]string, 0, len(result.Hits))
	for _, h := range result.Hits {
		out = append(out, h.ID)
	}
	return out, nil
}

// telling are the words by which a matter may be known again: of what was written freely, the longest first, and none of those that stand
// in every matter of the type.
func telling(ct *casetype.CaseType, c *cases.Case) []string {
	common := map[string]bool{}
	for _, w := range words(ct.Title.In(i18n.SV) + " " + ct.Registry.Subject[i18n.SV]) {
		common[w] = true
	}
	var out []string
	for _, q := range asked(ct) {
		if q.Type != casetype.TypeText && q.Type != casetype.TypeTextarea || q.Sensitive {
			continue
		}
		for _, w := range words(c.Answers.Get(q.Key)) {
			if !common[w] {
				common[w] = true
				out = append(out, w)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(utf8.RuneCountInString(b), utf8.RuneCountInString(a)) })
	return out[:min(len(out), wordsMost)]
}

// words are the words of a text that are long enough to say something, and are no numbers.
func words(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if utf8.RuneCountInString(w) >= wordLeast && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// Report is what anybody may see of a matter that somebody else has reported: nothing that was written, and nobody.
type Report struct {
	ID     string
	Title  i18n.Text // of the case type
	Kind   []string  // the public choice of what it is, in words; none if there is none
	Day    calendar.Date
	Status i18n.Text
	Metres int // from the place that was asked about
}

// Near lists what is open of a kind of matter near a place, the nearest first: only of case types that say so (publicReports), and nothing
// that is marked, secret or protected. It costs one question to one index.
func (s *Service) Near(ctx context.Context, l i18n.Lang, ct *casetype.CaseType, answers casetype.Clean) ([]Report, error) {
	q := ct.Place()
	if !ct.PublicReports || q == nil {
		return nil, nil
	}
	at, ok := answers.Place(q.Key)
	if !ok || !at.HasPoint {
		return nil, nil
	}
	north, east := geo.ToSWEREF99TM(at.Lat, at.Lon)
	owner, _ := s.Organisation.Directory().Unit(ct.Owner.Unit)
	var args []any
	where := s.box(func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }, owner.Member, ct.ID, north, east)
	list, err := store.All(ctx, s.DB, func(r *store.Rows) (report, error) { return scanReport(r) },
		fmt.Sprintf(`SELECT %s FROM cases c WHERE %s AND %s LIMIT %d`, reportColumns, where, reportable, nearRows), args...)
	if err != nil {
		return nil, fmt.Errorf("looking for what is reported near a place: %w", err)
	}
	var out []Report
	for _, r := range list {
		metres := math.Hypot(r.north-north, r.east-east)
		if shown, ok := s.public(l, r); ok && metres <= nearMetres {
			shown.Metres = int(math.Round(metres/10)) * 10 // the point itself is nobody's but the sender's
			out = append(out, shown)
		}
	}
	slices.SortFunc(out, func(a, b Report) int {
		return cmp.Or(cmp.Compare(a.Metres, b.Metres), b.Day.Compare(a.Day), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(len(out), nearMost)], nil
}

// report is a row of what anybody may see, before it is put in words.
type report struct {
	id, typeID, status, answers string
	version                     int
	received                    time.Time
	north, east                 float64
}

const (
	reportColumns = `c.id, c.type_id, c.type_version, c.status, c.answers, c.received_at, coalesce(c.north, 0), coalesce(c.east, 0)`
	// reportable is what may be shown to others at all: the case type is asked besides.
	reportable = `c.open = 1 AND c.secrecy = 0 AND c.protected = 0`
)

func scanReport(row scanner) (report, error) {
	var r report
	var received int64
	err := row.Scan(&r.id, &r.typeID, &r.version, &r.status, &r.answers, &received, &r.north, &r.east)
	r.received = store.Time(received)
	return r, err
}

// public is a row in words; false if its own version of the case type does not show it.
func (s *Service) public(l i18n.Lang, r report) (Report, bool) {
	ct, ok := s.Types.Version(r.typeID, r.version)
	if !ok || !ct.PublicReports {
		return Report{}, false
	}
	out := Report{ID: r.id, Title: ct.Title, Day: calendar.DateOf(r.received)}
	if st := ct.Status(r.status); st != nil {
		out.Status = st.Title
	}
	if q := ct.PublicKind(); q != nil {
		var given casetype.Clean
		if json.Unmarshal([]byte(r.answers), &given) == nil {
			out.Kind = ct.Display(q, casetype.Clean{q.Key: given[q.Key]}, l)
		}
	}
	return out, true
}
