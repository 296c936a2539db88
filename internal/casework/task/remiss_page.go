package task

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// askInside asks another unit, or somebody here, for an opinion.
func askInside(v *visit) (sheet, error) {
	return v.askSheet("inside", access.CaseStatus, pathRemiss+"/ny")
}

// askOutside asks an organisation or a neighbour.
func askOutside(v *visit) (sheet, error) {
	return v.askSheet("outside", access.CaseMessage, pathRemiss+"/extern")
}

func (v *visit) askSheet(name string, right access.Action, path string) (sheet, error) {
	view, err := v.opened(right)
	if err != nil {
		return sheet{}, err
	}
	s := v.sheetOf(view, name, path)
	s.version = view.Case.Version
	outside := name == "outside"
	names := []string{"text", "vem", "namn", "epost", "sprak", "handlingar", "dag", "lagrum"}
	s.fields = func(f *form) []templ.Component {
		f.of(names...)
		out := []templ.Component{}
		if traced(view) {
			out = append(out, ui.Alert{Tone: ui.Warning, Title: v.T("task.marked"), Text: v.T("task.marked_text")})
		}
		if outside {
			out = append(out, ui.Input{Field: f.field("vem", v.T("task.field.name"), v.T("task.hint.name")), Value: f.Get("vem")},
				ui.Input{Field: optional(f.field("epost", v.T("task.field.email"), v.T("task.hint.email"))), Type: "email", Value: f.Get("epost")},
				ui.Radios{Field: f.field("sprak", v.T("task.field.lang"), ""), Inline: true, Options: []ui.Option{
					{Value: "sv", Label: v.T("task.lang.sv"), Chosen: f.or("sprak", "sv") == "sv"}, {Value: "en", Label: v.T("task.lang.en"), Chosen: f.Get("sprak") == "en"}}})
		} else {
			out = append(out, ui.Select{Field: f.field("vem", v.T("task.field.whom"), v.T("task.hint.inside")), Empty: true, Options: v.inside(view, f.Get("vem"))})
		}
		out = append(out, v.lines(f, "text", "words", "", 8, MaxWords, false))
		if len(readable(view)) > 0 {
			boxes := ui.Checkboxes{Field: optional(f.field("handlingar", v.T("task.field.documents"), v.T("task.hint.documents")))}
			for _, d := range readable(view) {
				n := strconv.Itoa(d.N)
				boxes.Options = append(boxes.Options, ui.Option{Value: n, Label: d.Name, Chosen: f.has("handlingar", n)})
			}
			out = append(out, boxes)
		}
		out = append(out, v.dateField(f, "dag", "last", v.Days.AddBusinessDays(v.Today(), v.Waits.Answer).String()))
		if traced(view) {
			out = append(out, ui.Input{Field: f.field("lagrum", v.T("task.field.law"), v.T("task.hint.law")), Value: f.Get("lagrum")})
		}
		return out
	}
	var sent Asking
	var to string
	s.do = func(f *form) error {
		f.of(names...)
		q := Question{Words: v.long(f, "text", MaxWords), Due: v.day(f, "dag"), Law: v.long(f, "lagrum", MaxWhat)}
		if q.Words == "" {
			f.fault("text", v.T("task.problem.words"))
		}
		for _, n := range f.Values["handlingar"] {
			number, _ := strconv.Atoi(n)
			q.Documents = append(q.Documents, number)
		}
		if outside {
			q.Name, q.Email, q.Lang = v.long(f, "vem", MaxWhat), strings.TrimSpace(f.Get("epost")), i18n.SV
			if f.Get("sprak") == string(i18n.EN) {
				q.Lang = i18n.EN
			}
			if q.Email != "" && !address.MatchString(q.Email) {
				f.fault("epost", v.T("task.problem.email"))
			}
		} else {
			q.To = parseWhom(f.Get("vem"))
		}
		if q.Name == "" && q.To == (Whom{}) {
			f.fault("vem", v.T("task.problem.whom"))
		}
		if len(f.faults) > 0 {
			return nil
		}
		var err error
		sent, err = v.Ask(v.Ctx(), v.Who, f.on(view.Case.ID), q)
		to = q.Email
		return err
	}
	said := s.then
	s.then = func() error {
		if !outside {
			return said()
		}
		return v.linkOnce(view, sent, to)
	}
	return s, nil
}

// readable are the files of a case that the official may read.
func readable(view cases.OfficerView) []cases.Document {
	return slices.DeleteFunc(slices.Clone(view.Documents), func(d cases.Document) bool { return d.Hidden })
}

// traced tells whether the case or one of its files is marked.
func traced(view cases.OfficerView) bool {
	return access.RequiresTrace(view.Case.Object(view.Parties...)) || slices.ContainsFunc(view.Documents, func(d cases.Document) bool { return d.Secrecy > cases.Open })
}

func optional(f ui.Field) ui.Field {
	f.Optional = true
	return f
}

// linkOnce shows the link that somebody outside answers on, this once: it is not kept.
func (v *visit) linkOnce(view cases.OfficerView, sent Asking, email string) error {
	lead := v.T("task.sent.letter")
	if email != "" && v.Post != nil {
		lead = v.T("task.sent.email")
	}
	p := ui.Message{Page: v.Page(v.T("task.sent.title"), ""), Lead: lead, Ways: []ui.Link{{Text: v.T("task.back", "Number", view.Case.Number), Href: casePath(view.Case.ID)},
		{Text: v.T("task.show_remiss"), Href: casePath(view.Case.ID) + pathRemiss + "/" + sent.ID}}}
	p.Body = ui.Summary{Facts: []ui.Fact{{Name: v.T("task.sent.link"), Value: v.Base + LinkPath(sent.Link)}}}
	return ui.Render(v.W, v.R, http.StatusOK, p)
}

// inside are the units and people here, of all members, who can be asked for an opinion.
func (v *visit) inside(view cases.OfficerView, chosen string) []ui.Option {
	var out []ui.Option
	for _, m := range v.Dir.Members() {
		for _, u := range v.Dir.Units(m.ID) {
			if u.ID != view.Case.Unit {
				out = append(out, ui.Option{Value: "u:" + u.ID, Label: u.Name.In(v.Lang()), Chosen: chosen == "u:"+u.ID})
			}
		}
	}
	for _, p := range v.Dir.Officials() {
		if !p.Closed && p.ID != v.Who.Person && v.unitOf(p.ID) != "" {
			out = append(out, ui.Option{Value: "p:" + p.ID, Label: p.Name, Chosen: chosen == "p:"+p.ID})
		}
	}
	return out
}

// to is who was asked, in words.
func (v *visit) to(r Remiss) string {
	if r.Outside {
		return r.Name
	}
	return v.whom(r.To)
}

// remiss is the opinion of the address, for one who may do something to its case.
func (v *visit) remiss(right access.Action) (cases.OfficerView, Remiss, error) {
	view, err := v.opened(right)
	if err != nil {
		return view, Remiss{}, err
	}
	r, err := remissOf(v.Ctx(), v.DB, v.R.PathValue("remiss"))
	if err == nil && r.CaseID != view.Case.ID {
		err = store.ErrNotFound
	}
	return view, r, err
}

// showRemiss is the page of an opinion for those who have the case.
func showRemiss(v *visit) error {
	view, r, err := v.remiss(access.CaseRead)
	if err != nil {
		return err
	}
	here := casePath(view.Case.ID)
	p := ui.Read{Page: v.Page(v.T("task.remiss_to", "Name", v.to(r)), "", ui.Link{Text: view.Case.Number, Href: here})}
	var out []templ.Component
	out = append(out, v.remissFacts(r, view))
	if r.State == Answered {
		out = append(out, ui.H2(v.T("task.field.answer")), said(strings.Split(r.Answer, "\n")))
	}
	out = append(out, ui.H2(v.T("task.field.words")), said(strings.Split(r.Words, "\n")))
	if r.State == Sent {
		at := here + pathRemiss + "/" + r.ID
		var links ui.Links
		for _, x := range []struct {
			name, path string
			right      access.Action
		}{{"register", "/svar", access.CaseNote}, {"extend", "/langre", access.CaseStatus}, {"withdraw", "/aterkalla", access.CaseStatus}} {
			if view.Right(v.Who, x.right).Allowed {
				links = append(links, ui.Link{Text: v.T("task.title." + x.name), Href: at + x.path})
			}
		}
		out = append(out, links)
	}
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(p, out...))
}

// remissFacts are those of an opinion for those who have the case.
func (v *visit) remissFacts(r Remiss, view cases.OfficerView) ui.Summary {
	due, tags := v.L.Date(r.Due), v.late(r)
	s := ui.Summary{Facts: []ui.Fact{{Name: v.T("task.field.state"), Body: ui.Together(append([]templ.Component{ui.Tag{Text: v.T("task.remiss." + string(r.State)), Tone: ui.Info}}, tags...)...)},
		{Name: v.T("task.column.due"), Value: due}, {Name: v.T("task.column.by"), Value: v.Person(r.By) + ", " + v.L.DateTime(r.SentAt)}}}
	if r.Law != "" {
		s.Facts = append(s.Facts, ui.Fact{Name: v.T("task.field.law"), Value: r.Law})
	}
	if r.State == Answered {
		who := v.T("task.channel."+string(r.Channel)) + ", " + v.L.Date(r.AnsweredOn)
		if name := v.Person(r.AnsweredBy); name != "" {
			who = name + ", " + v.L.Date(r.AnsweredOn)
		}
		s.Facts = append(s.Facts, ui.Fact{Name: v.T("task.field.answer"), Values: []string{v.T("task.stance." + string(r.Stance)), who}})
	}
	for _, answer := range []bool{false, true} {
		var links ui.Links
		for _, f := range r.Files {
			i := slices.IndexFunc(view.Documents, func(d cases.Document) bool { return d.Document == f.Document })
			if f.Answer == answer && i >= 0 {
				links = append(links, ui.Link{Text: f.Name, Href: casePath(view.Case.ID) + "/handlingar/" + strconv.Itoa(view.Documents[i].N)})
			}
		}
		name := v.T("task.field.sent_files")
		if answer {
			name = v.T("task.field.answer_files")
		}
		if len(links) > 0 {
			s.Facts = append(s.Facts, ui.Fact{Name: name, Body: links})
		}
	}
	return s
}

func (v *visit) late(r Remiss) []templ.Component {
	if r.Late(v.Today()) {
		return []templ.Component{ui.Tag{Text: v.T("task.late"), Tone: ui.Warning}}
	}
	return nil
}

func extend(v *visit) (sheet, error) {
	view, r, err := v.remiss(access.CaseStatus)
	if err != nil {
		return sheet{}, err
	}
	s := v.sheetOf(view, "extend", pathRemiss+"/"+r.ID+"/langre")
	s.fields = func(f *form) []templ.Component {
		f.of("dag", "skal")
		return []templ.Component{v.dateField(f, "dag", "last", v.Days.AddBusinessDays(r.Due, v.Waits.Answer).String()), v.lines(f, "skal", "reason", "", 3, MaxNote, true)}
	}
	var link string
	s.do = func(f *form) (err error) {
		f.of("dag", "skal")
		day, reason := v.day(f, "dag"), v.long(f, "skal", MaxNote)
		if len(f.faults) == 0 {
			link, err = v.Extend(v.Ctx(), v.Who, view.Case.ID, r.ID, day, reason)
		}
		return err
	}
	plain := s.then
	s.then = func() error {
		if link == "" {
			return plain()
		}
		return v.linkOnce(view, Asking{r.ID, link}, r.Email)
	}
	return s, nil
}

func withdraw(v *visit) (sheet, error) {
	view, r, err := v.remiss(access.CaseStatus)
	if err != nil {
		return sheet{}, err
	}
	s := v.sheetOf(view, "withdraw", pathRemiss+"/"+r.ID+"/aterkalla")
	s.fields = func(f *form) []templ.Component {
		return []templ.Component{v.lines(f.of("skal"), "skal", "reason", "", 3, MaxNote, false)}
	}
	s.do = func(f *form) error {
		reason := v.long(f.of("skal"), "skal", MaxNote)
		if len(f.faults) > 0 {
			return nil
		}
		return v.Withdraw(v.Ctx(), v.Who, view.Case.ID, r.ID, reason)
	}
	return s, nil
}

// registerAnswer enters an answer that came another way.
func registerAnswer(v *visit) (sheet, error) {
	view, r, err := v.remiss(access.CaseNote)
	if err != nil {
		return sheet{}, err
	}
	s := v.sheetOf(view, "register", pathRemiss+"/"+r.ID+"/svar")
	s.upload = true
	names := []string{"stallning", "text", "fil", "satt", "dag"}
	s.fields = func(f *form) []templ.Component {
		f.of(names...)
		ways := ui.Radios{Field: f.field("satt", v.T("task.field.channel"), "")}
		for _, c := range Registered() {
			ways.Options = append(ways.Options, ui.Option{Value: string(c), Label: v.T("task.channel." + string(c)), Chosen: f.or("satt", string(ByLetter)) == string(c)})
		}
		return append(opinionFields(v.L, f), ways, v.dateField(f, "dag", "came", v.Today().String()))
	}
	s.do = func(f *form) error {
		f.of(names...)
		o := v.opinion(v.L, f)
		o.Channel, o.Came = Channel(f.Get("satt")), v.day(f, "dag")
		if len(f.faults) > 0 {
			return nil
		}
		return v.filed(v.Ctx(), f, func(files []cases.Document) error {
			o.Files = files
			return v.Register(v.Ctx(), v.Who, view.Case.ID, r.ID, o)
		})
	}
	return s, nil
}
