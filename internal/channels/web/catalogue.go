package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// topicView is a heading with its e-services.
type topicView struct {
	key, title string
	services   []ui.Link
}

// topics are the e-services by topic, in the order of the pack. Topics without one are left out.
func (m *Module) topics(ctx context.Context, services []*casetype.CaseType) []topicView {
	l := lang(ctx)
	var out []topicView
	for _, t := range m.Town.Topics {
		v := topicView{key: t.Key, title: t.Title.In(l)}
		for _, ct := range services {
			if ct.Topic == t.Key {
				v.services = append(v.services, serviceLink(ctx, ct))
			}
		}
		if len(v.services) > 0 {
			out = append(out, v)
		}
	}
	return out
}

func serviceLink(ctx context.Context, ct *casetype.CaseType) ui.Link {
	l := lang(ctx)
	tag := &ui.Tag{Text: ui.T(ctx, "public.service.open"), Tone: ui.Success}
	if ct.Auth.Level != casetype.LevelNone {
		tag = &ui.Tag{Text: ui.T(ctx, "public.service.sign_in"), Tone: ui.Info}
	}
	return ui.Link{Text: ct.Title.In(l), Href: "/e-tjanster/" + ct.ID, Hint: ct.Description.In(l), Tag: tag}
}

// start is the first page.
func (m *Module) start(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	page := m.page(r, ui.T(ctx, "public.start.title", "Name", m.Town.Name.In(lang(ctx))), "/")
	return ui.Render(w, r, http.StatusOK, startPage(page, startView{
		emergency: m.Town.Emergency.In(lang(ctx)), topics: m.topics(ctx, m.Services.Open(m.today())), town: m.Town,
	}))
}

// services lists the e-services, or those that a search finds.
func (m *Module) services(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	words := query(r)
	all := m.Services.Open(m.today())
	page := ui.List{Page: m.page(r, ui.T(ctx, "public.services.title"), "/e-tjanster"), Lead: ui.T(ctx, "public.services.lead"), Found: -1}
	page.Crumbs = []ui.Link{{Text: ui.T(ctx, "public.start"), Href: "/"}}
	if words == "" {
		return ui.Render(w, r, http.StatusOK, servicesPage(page, words, m.topics(ctx, all)))
	}
	page.NoIndex = true
	page.Title = ui.T(ctx, "public.services.found", "Words", words)
	var found ui.Cards
	for _, ct := range rank(words, all, func(ct *casetype.CaseType) text { return serviceText(ct, lang(ctx)) }) {
		found.Links = append(found.Links, serviceLink(ctx, ct))
	}
	page.Found = len(found.Links)
	page.Table = found
	if page.Found == 0 {
		page.Empty = m.nothing(ctx, words)
	}
	return ui.Render(w, r, http.StatusOK, servicesPage(page, words, nil))
}

// nothing says that a search found nothing, and what to do.
func (m *Module) nothing(ctx context.Context, words string) *ui.Empty {
	return &ui.Empty{Title: ui.T(ctx, "public.search.none", "Words", words), Text: ui.T(ctx, "public.search.tips", "Phone", m.Town.Contact.Phone),
		Action: ui.Button{Text: ui.T(ctx, "public.nav.contact"), Href: "/kontakt", Variant: ui.Secondary}}
}

// maxQuery bounds what is searched for, in characters.
const maxQuery = 100

// query is what is searched for: q of the address, made valid and short.
func query(r *http.Request) string {
	words := strings.Join(strings.Fields(strings.ToValidUTF8(r.URL.Query().Get("q"), "")), " ")
	if c := []rune(words); len(c) > maxQuery {
		words = string(c[:maxQuery])
	}
	return words
}

// search is a search over e-services and public pages. It knows nothing of cases or people.
func (m *Module) search(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	words := query(r)
	page := ui.List{Page: m.page(r, ui.T(ctx, "public.search.title"), ""), Found: -1}
	page.NoIndex = true
	if words != "" {
		page.Title = ui.T(ctx, "public.search.for", "Words", words)
		var found ui.Cards
		for _, ct := range rank(words, m.Services.Open(m.today()), func(ct *casetype.CaseType) text { return serviceText(ct, lang(ctx)) }) {
			link := serviceLink(ctx, ct)
			link.Tag = &ui.Tag{Text: ui.T(ctx, "public.search.service"), Tone: ui.Brand}
			found.Links = append(found.Links, link)
		}
		found.Links = append(found.Links, rank(words, sitePages(ctx), func(l ui.Link) text { return text{title: l.Text, about: l.Hint} })...)
		page.Found, page.Table = len(found.Links), found
		if page.Found == 0 {
			page.Empty = m.nothing(ctx, words)
		}
	}
	return ui.Render(w, r, http.StatusOK, searchPage(page, words))
}

// sitePages are the public pages with a line each.
func sitePages(ctx context.Context) []ui.Link {
	return []ui.Link{
		{Text: ui.T(ctx, "public.contact.title"), Hint: ui.T(ctx, "public.page.contact"), Href: "/kontakt"},
		{Text: ui.T(ctx, "public.follow.title"), Hint: ui.T(ctx, "public.page.follow"), Href: "/folj"},
		{Text: ui.T(ctx, "public.register.title"), Hint: ui.T(ctx, "public.page.register"), Href: "/diarium"},
		{Text: ui.T(ctx, "public.accessibility.title"), Hint: ui.T(ctx, "public.page.accessibility"), Href: "/tillganglighet"},
		{Text: ui.T(ctx, "public.privacy.title"), Hint: ui.T(ctx, "public.page.privacy"), Href: "/personuppgifter"},
		{Text: ui.T(ctx, "public.about.title"), Hint: ui.T(ctx, "public.page.about"), Href: "/om-webbplatsen"},
		{Text: ui.T(ctx, "public.journal.title"), Hint: ui.T(ctx, "public.page.journal"), Href: "/journal"},
		{Text: ui.T(ctx, "public.status.title"), Hint: ui.T(ctx, "public.page.status"), Href: "/status"},
	}
}

// text is what is searched in, most telling first.
type text struct{ title, other, about string }

func serviceText(ct *casetype.CaseType, l i18n.Lang) text {
	return text{title: ct.Title.In(l), other: ct.Keywords.In(l), about: ct.Description.In(l)}
}

// rank gives the things in which every word is found, best first.
func rank[T any](query string, list []T, of func(T) text) []T {
	type hit struct {
		thing T
		score int
	}
	var hits []hit
	wanted := split(query)
	for _, thing := range list {
		t := of(thing)
		parts := [][]string{split(t.title), split(t.other), split(t.about)}
		total := 0
		for _, w := range wanted {
			best := 0
			for i, p := range parts {
				if slices.ContainsFunc(p, func(have string) bool { return like(have, w) }) {
					best = max(best, len(parts)-i)
				}
			}
			if best == 0 {
				total = 0
				break
			}
			total += best
		}
		if total > 0 {
			hits = append(hits, hit{thing, total})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	out := make([]T, len(hits))
	for i, h := range hits {
		out[i] = h.thing
	}
	return out
}

func split(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// like tells whether a word is the one looked for, begins with it, or has it without its ending as a part: "lampan" finds "gatlampa".
func like(have, wanted string) bool {
	if strings.HasPrefix(have, wanted) {
		return true
	}
	c := []rune(wanted)
	switch {
	case len(c) >= 6:
		c = c[:len(c)-2]
	case len(c) == 5:
		c = c[:4]
	case len(c) < 4:
		return false
	}
	return strings.Contains(have, string(c))
}

// serviceView is the entry page of an e-service.
type serviceView struct {
	ct        *casetype.CaseType
	emergency *ui.Alert
	facts     ui.Summary
	contact   ui.Summary
	questions []previewStep
	shut      string // why it takes in nothing today, "" when it does
	faq       []ui.Details
	carried   []ui.Hidden // to the form that is begun
}

type previewStep struct {
	title     string
	questions []string
}

// service is the page before an e-service: what it is, who, what is needed, how long, other ways, and the questions.
func (m *Module) service(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	ct, err := m.open(r.PathValue("type"))
	if err != nil {
		return err
	}
	l := lang(ctx)
	page := ui.Read{Page: m.page(r, ct.Title.In(l), "/e-tjanster"), Lead: ct.Description.In(l)}
	page.Crumbs = []ui.Link{{Text: ui.T(ctx, "public.start"), Href: "/"}, {Text: ui.T(ctx, "public.services.title"), Href: "/e-tjanster"}}
	v := serviceView{ct: ct, contact: m.ways(ctx, ct), facts: m.serviceFacts(ctx, ct), shut: m.closedNow(ctx, ct)}
	if about := cameFrom(r); about != "" && r.URL.Query().Has("om") {
		v.carried = []ui.Hidden{{Name: "om", Value: about}}
	}
	if m.Measure != nil {
		v.facts.Facts = slices.Insert(v.facts.Facts, 1, ui.Fact{Name: ui.T(ctx, "public.measure.time"), Value: handlingTime(ctx, m.Measure.Figures(ct.ID))})
	}
	for _, f := range ct.FAQ {
		v.faq = append(v.faq, ui.Details{Summary: f.Question.In(l), Text: f.Answer.In(l)})
	}
	if u := ct.Urgent; u != nil {
		v.emergency = &ui.Alert{Tone: ui.Warning, Title: ui.T(ctx, "public.urgent"), Text: u.Text.In(l)}
		if u.Phone != "" && !strings.Contains(v.emergency.Text, u.Phone) {
			v.emergency.Text += " " + ui.T(ctx, "public.call", "Phone", u.Phone)
		}
	}
	for _, s := range ct.Form.Steps {
		p := previewStep{title: s.Title.In(l)}
		for _, q := range s.Questions {
			if q.Type == casetype.TypeInfo || q.Type == casetype.TypeComputed {
				continue
			}
			line := q.Label.In(l)
			switch {
			case q.VisibleIf != "" || s.VisibleIf != "":
				line += " " + ui.T(ctx, "public.service.sometimes")
			case q.Optional:
				line += " " + ui.T(ctx, "ui.optional")
			}
			p.questions = append(p.questions, line)
		}
		v.questions = append(v.questions, p)
	}
	page.Side = ui.Summary{Title: ui.T(ctx, "public.service.other_ways"), Narrow: true, Facts: v.contact.Facts}
	return ui.Render(w, r, http.StatusOK, servicePage(page, v))
}

// minutes is about how long the form takes: half a minute for each question that everyone is asked.
func minutes(ct *casetype.CaseType) int {
	n := 0
	for _, s := range ct.Form.Steps {
		for _, q := range s.Questions {
			if q.VisibleIf == "" && s.VisibleIf == "" && q.Type != casetype.TypeInfo && q.Type != casetype.TypeComputed {
				n++
			}
		}
	}
	return max(1, (n+1)/2)
}

// serviceFacts are who may use it, time, cost, handling, law and personal data.
func (m *Module) serviceFacts(ctx context.Context, ct *casetype.CaseType) ui.Summary {
	l := lang(ctx)
	who := "anyone"
	switch {
	case ct.Auth.Level != casetype.LevelNone:
		who = "signed_in"
	case ct.Auth.Anonymous:
		who = "anonymous"
	}
	facts := []ui.Fact{{Name: ui.T(ctx, "public.service.who"), Value: ui.T(ctx, "public.service.who."+who)}}
	if names := roleNames(ctx, ct.ActFor); len(names) > 0 {
		facts = append(facts, ui.Fact{Name: ui.T(ctx, "public.service.for"), Values: names})
	}
	facts = append(facts, ui.Fact{Name: ui.T(ctx, "public.service.time"), Value: ui.T(ctx, "public.service.minutes", "Count", minutes(ct))})
	if ct.Payment != nil {
		facts = append(facts, ui.Fact{Name: ui.T(ctx, "public.service.cost"), Value: ct.Payment.Text.In(l)})
	}
	answer := []string{ui.T(ctx, "public.service.within", "Time", period(ctx, ct.Deadlines.Target))}
	if st := ct.Deadlines.Statutory; st != nil {
		answer = append(answer, ui.T(ctx, "public.service.statutory."+string(st.From), "Time", period(ctx, st.Within), "Law", st.Law))
	}
	facts = append(facts, ui.Fact{Name: ui.T(ctx, "public.service.answer"), Values: answer})
	if day := ct.Form.Days; day > 0 {
		facts = append(facts, ui.Fact{Name: ui.T(ctx, "public.service.draft"), Value: ui.T(ctx, "public.period.days", "Count", day)})
	}
	return ui.Summary{Facts: append(facts,
		m.lawful(i18n.From(ctx), ct.LegalBasis),
		ui.Fact{Name: ui.T(ctx, "public.service.data"), Values: personalData(ctx, ct)},
		ui.Fact{Name: ui.T(ctx, "public.service.public"), Value: ui.T(ctx, "public.service.record."+string(ct.Secrecy.Default))},
	)}
}

// roleNames are those in whose name a matter can be handed in, when there are others than oneself.
func roleNames(ctx context.Context, list []casetype.ActFor) []string {
	var names []string
	for _, kind := range list {
		names = append(names, ui.T(ctx, "public.service.for."+string(kind)))
	}
	return names
}

// personalData says why personal data are used, on what ground, what is said of people and who is told.
func personalData(ctx context.Context, ct *casetype.CaseType) []string {
	l := lang(ctx)
	out := []string{ct.GDPR.Purpose.In(l), ui.T(ctx, "public.ground."+string(ct.GDPR.Ground))}
	if len(ct.GDPR.Categories) > 0 {
		var kinds []string
		for _, k := range ct.GDPR.Categories {
			kinds = append(kinds, ui.T(ctx, "public.data."+string(k)))
		}
		out = append(out, ui.T(ctx, "public.data.kinds", "Kinds", strings.Join(kinds, ", ")))
	}
	if shared := ct.GDPR.Shared.In(l); shared != "" {
		out = append(out, ui.T(ctx, "public.data.shared", "Who", shared))
	}
	return out
}

// closedNow says why a service takes in nothing today and when it does; "" when it is open.
func (m *Module) closedNow(ctx context.Context, ct *casetype.CaseType) string {
	open, next := ct.Window.Open(m.today())
	switch {
	case open && m.unpayable(ct):
		return ui.T(ctx, "public.pay.none")
	case open:
		return ""
	}
	text := ui.T(ctx, "public.service.shut")
	if !next.IsZero() {
		text = ui.T(ctx, "public.service.opens", "Date", i18n.From(ctx).Date(next))
	}
	if own := ct.Window.Text.In(lang(ctx)); own != "" {
		text += " " + own
	}
	return text
}

// ways are the contact ways of an e-service (S2-M1-2: never only digital).
func (m *Module) ways(ctx context.Context, ct *casetype.CaseType) ui.Summary {
	c := m.Town.Contact
	l := lang(ctx)
	var s ui.Summary
	for _, way := range ct.ContactWays {
		switch way {
		case casetype.Phone:
			s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "ui.phone"), Body: phoneLink(c.Phone)})
		case casetype.Visit:
			s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.contact.visit"), Value: c.Visit.In(l)})
		case casetype.Letter:
			s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "public.contact.letter"), Value: c.Post.In(l)})
		case casetype.Email:
			s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "ui.email"), Body: mailLink(c.Email)})
		}
	}
	s.Facts = append(s.Facts, ui.Fact{Name: ui.T(ctx, "ui.hours"), Value: c.Hours.In(l)})
	return s
}

// period is a length of time in words: "10 arbetsdagar".
func period(ctx context.Context, p calendar.Period) string {
	unit := map[calendar.Unit]string{calendar.Days: "days", calendar.Weeks: "weeks", calendar.Months: "months", calendar.Years: "years", calendar.Business: "business"}[p.Unit]
	return ui.T(ctx, "public.period."+unit, "Count", p.N)
}

// telephone makes a tel: address of a number written for people.
func telephone(number string) templ.SafeURL {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
	return templ.SafeURL("tel:" + digits)
}
