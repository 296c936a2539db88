package meeting

import (
	"bytes"
	"context"
	_ "embed" // the form of the protokoll
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/paper"
)

//go:embed protocol.html
var form string

// sheet is a protokoll in the order it is read. It is Swedish, the language of authorities (språklagen 2009:600, 10 §).
type sheet struct {
	Lang     i18n.Lang
	Sender   string
	Title    string
	Lead     string
	Facts    []paper.Fact
	Sections []section
	at       time.Time
}

type section struct {
	Heading string
	Parts   []part
}

// part is a name with paragraphs.
type part struct {
	Name  string
	Texts []string
}

// masked puts a text in the place of each personnummer.
func (s *Service) masked(text string) string {
	found := civic.Find(text, s.today())
	for i := len(found) - 1; i >= 0; i-- {
		text = text[:found[i].Start] + "······" + text[found[i].End:]
	}
	return text
}

// compose puts the protokoll together: whole for the record, or what anybody may see. The public version leaves out secret paragraphs, shows
// the words for the public where a text holds personal data, hides every personnummer, and names only the elected.
func (s *Service) compose(m *Meeting, list []*Item, done []signature, public bool) sheet {
	l, dir := s.Words(i18n.SV), s.org.Directory()
	b, _ := dir.Body(m.Body)
	out := sheet{Lang: i18n.SV, Sender: s.Town.In(i18n.SV), Title: l.T("meeting.protocol.title", "Body", b.Name.In(i18n.SV), "Day", l.Date(m.Day)), at: m.Day.Start()}
	if public {
		out.Lead = l.T("meeting.protocol.public")
	}
	named := func(id string) string {
		p, ok := dir.Person(id)
		switch {
		case !ok:
			return ""
		case public && (p.Kind != bodies.Elected || p.Protected):
			return l.T("meeting.protocol.official")
		}
		return p.Name
	}
	fact := func(name string, values ...string) {
		var kept []string
		for _, v := range values {
			if v != "" {
				kept = append(kept, v)
			}
		}
		if len(kept) > 0 {
			out.Facts = append(out.Facts, paper.Fact{Name: name, Values: kept})
		}
	}
	fact(l.T("meeting.field.plats"), m.Place)
	fact(l.T("meeting.field.tid"), strings.Trim(m.Time+"–"+m.End, "–"))
	people := map[Presence][]string{}
	for _, p := range m.Present {
		name := named(p.Person)
		if p.For != "" {
			name = l.T("meeting.protocol.for", "Name", name, "For", named(p.For))
		}
		people[p.As] = append(people[p.As], name)
	}
	for _, as := range []Presence{AsMember, AsDeputy, Beside} {
		fact(l.T("meeting.presence."+string(as)), unique(people[as])...)
	}
	if !public {
		fact(l.T("meeting.field.ovriga"), m.Others)
	}
	fact(l.T("meeting.field.ordforande"), named(m.Chair))
	fact(l.T("meeting.field.sekreterare"), named(m.Secretary))
	for _, it := range list {
		sec := section{Heading: join(label(it.No), it.Title)}
		if public && it.Secret {
			sec.Heading = label(it.No)
			sec.Parts = []part{{Texts: []string{l.T("meeting.secret_paragraph")}}}
			out.Sections = append(out.Sections, sec)
			continue
		}
		add := func(name string, text string) {
			if text = strings.TrimSpace(text); text == "" {
				return
			}
			if public {
				text = s.masked(text)
			}
			sec.Parts = append(sec.Parts, part{name, strings.Split(text, "\n\n")})
		}
		add(l.T("meeting.protocol.matter"), it.MatterNumber)
		if public && it.Public != "" {
			add(l.T("meeting.protocol.decision"), it.Public)
			out.Sections = append(out.Sections, sec)
			continue
		}
		add(l.T("meeting.field.yrkanden"), it.Motions)
		if v := it.Votes; v != nil {
			add(l.T("meeting.protocol.votes"), l.T("meeting.votes", "Yes", strconv.Itoa(v.Yes), "No", strconv.Itoa(v.No), "Abstain", strconv.Itoa(v.Abstain)))
		}
		add(l.T("meeting.protocol.outcome"), l.T("meeting.outcome."+string(it.Outcome)))
		add(l.T("meeting.protocol.decision"), it.Text)
		add(l.T("meeting.field.reservation"), it.Reservation)
		var away []string
		for _, p := range it.Conflicted {
			away = append(away, named(p))
		}
		add(l.T("meeting.protocol.conflicted"), strings.Join(unique(away), ", "))
		out.Sections = append(out.Sections, sec)
	}
	var signs []string
	for _, x := range done {
		signs = append(signs, l.T("meeting.protocol.adjusted", "Name", named(x.Person), "Time", l.DateTime(x.At)))
	}
	if len(signs) > 0 {
		out.Sections = append(out.Sections, section{l.T("meeting.protocol.adjusting"), []part{{Texts: unique(signs)}}})
		out.at = done[len(done)-1].At
	}
	return out
}

// unique counts what is said several times: officials whom the public version does not name.
func unique(list []string) []string {
	count := map[string]int{}
	var out []string
	for _, x := range list {
		if count[x]++; count[x] == 1 {
			out = append(out, x)
		}
	}
	for i, x := range out {
		if count[x] > 1 {
			out[i] = x + " (" + strconv.Itoa(count[x]) + ")"
		}
	}
	return out
}

func (d sheet) html() ([]byte, error) {
	t, err := template.New("protocol").Parse(form)
	if err != nil {
		return nil, fmt.Errorf("reading the form of a protokoll: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, d); err != nil {
		return nil, fmt.Errorf("writing a protokoll: %w", err)
	}
	return b.Bytes(), nil
}

func (d sheet) pdf() ([]byte, error) {
	s := paper.Sheet{Lang: d.Lang, Sender: d.Sender, Title: d.Title, Lead: d.Lead, Foot: d.Title, At: d.at, Parts: []paper.Part{paper.Facts(d.Facts)}}
	for _, x := range d.Sections {
		s.Parts = append(s.Parts, paper.Heading(x.Heading))
		var facts paper.Facts
		for _, p := range x.Parts {
			if p.Name == "" {
				s.Parts = append(s.Parts, paper.Paragraph(strings.Join(p.Texts, "\n\n")))
				continue
			}
			facts = append(facts, paper.Fact{Name: p.Name, Values: p.Texts})
		}
		if len(facts) > 0 {
			s.Parts = append(s.Parts, facts)
		}
	}
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		return nil, fmt.Errorf("writing a protokoll on paper: %w", err)
	}
	return b.Bytes(), nil
}

// protocol makes the adjusted protokoll and stores its bytes, on paper and as a page.
func (s *Service) protocol(ctx context.Context, m *Meeting, done []signature) (pdf, html *documents.Staged, err error) {
	list, err := s.items(ctx, s.db, m.ID)
	if err != nil {
		return nil, nil, err
	}
	d := s.compose(m, list, done, false)
	raw, err := d.pdf()
	if err != nil {
		return nil, nil, err
	}
	name := "protokoll-" + strings.ToLower(m.Body) + "-" + m.Day.String()
	if pdf, err = s.stage(ctx, name+".pdf", documents.PDF, raw, m.Secretary); err != nil {
		return nil, nil, err
	}
	if raw, err = d.html(); err != nil {
		return nil, nil, err
	}
	html, err = s.stage(ctx, name+".html", documents.Sniff(raw), raw, m.Secretary)
	return pdf, html, err
}

// Screened is what anybody may see of an adjusted protokoll, as a page to look through before it is announced.
func (s *Service) Screened(ctx context.Context, meeting string) ([]byte, error) {
	m, err := s.meeting(ctx, s.db, meeting)
	if err != nil {
		return nil, err
	}
	list, err := s.items(ctx, s.db, meeting)
	if err != nil {
		return nil, err
	}
	done, err := signatures(ctx, s.db, meeting)
	if err != nil {
		return nil, err
	}
	return s.compose(m, list, done, true).html()
}

func (s *Service) publicProtocol(ctx context.Context, m *Meeting, list []*Item, by string) (*documents.Staged, error) {
	done, err := signatures(ctx, s.db, m.ID)
	if err != nil {
		return nil, err
	}
	raw, err := s.compose(m, list, done, true).pdf()
	if err != nil {
		return nil, err
	}
	return s.stage(ctx, "protokoll-"+strings.ToLower(m.Body)+"-"+m.Day.String()+".pdf", documents.PDF, raw, by)
}
