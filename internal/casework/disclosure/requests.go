package disclosure

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// requests lists the open requests, the one that has waited longest first: they wait in no other queue.
func requests(v *visit) error {
	page := ui.List{Page: v.page(v.T("disclosure.title")), Lead: v.T("disclosure.lead"), Found: -1,
		Actions: []templ.Component{ui.Button{Text: v.T("disclosure.new"), Href: pathNew, Variant: ui.Secondary}}}
	ct, err := v.Type()
	if errors.Is(err, ErrNoService) {
		page.Actions, page.Empty = nil, &ui.Empty{Title: v.T("disclosure.none"), Text: v.T("disclosure.no_service")}
		return ui.Render(v.W, v.R, http.StatusOK, page)
	}
	if err != nil {
		return err
	}
	list, err := v.Cases().List(v.Ctx(), v.Who, cases.Filter{Queue: cases.QueueOpen, Type: ct.ID, Order: cases.Oldest, After: v.R.URL.Query().Get("efter"), Limit: 50})
	if err != nil {
		return err
	}
	if len(list.Cases) == 0 {
		page.Empty = &ui.Empty{Title: v.T("disclosure.none"), Text: v.T("disclosure.none_text")}
		return ui.Render(v.W, v.R, http.StatusOK, page)
	}
	t := ui.Table{Caption: v.T("disclosure.title"), HideCaption: true, Columns: []ui.Column{{Title: v.T("disclosure.number")}, {Title: v.T("disclosure.waited")},
		{Title: v.T("disclosure.subject")}, {Title: v.T("disclosure.unit")}, {Title: v.T("disclosure.officer")}}}
	for _, c := range list.Cases {
		t.Rows = append(t.Rows, ui.Row{Value: c.ID, Cells: []ui.Cell{{Text: c.Number, Href: requestPath(c.ID)}, {Text: v.since(c.ReceivedAt)}, {Text: c.Subject}, {Text: v.Unit(c.Unit)}, {Text: v.Person(c.Assignee)}}})
	}
	page.Table = t
	if list.Next != "" {
		page.Pager = &ui.Pager{Next: Path + "?" + url.Values{"efter": {list.Next}}.Encode()}
	}
	return ui.Render(v.W, v.R, http.StatusOK, page)
}

// request is the officer's page of a request: what is asked for, the documents and what was thought of each, and how to go on.
func request(v *visit) error { return v.showRequest(http.StatusOK, nil) }

func (v *visit) showRequest(status int, faults []ui.FieldError) error {
	view, err := v.open()
	if err != nil {
		return err
	}
	c := view.Case
	kept, err := v.Of(v.Ctx(), c.ID)
	if err != nil {
		return err
	}
	list, err := v.Items(v.Ctx(), v.Who, c.ID)
	if err != nil {
		return err
	}
	p := ui.Read{Page: v.page(v.T("disclosure.request", "Number", c.Number)), Lead: v.T("disclosure.request_lead")}
	p.Path, p.Errors = requestPath(c.ID), faults
	facts := []ui.Fact{{Name: v.T("disclosure.received"), Value: v.L.DateTime(c.ReceivedAt) + ", " + v.since(c.ReceivedAt)}}
	if !kept.Answered.IsZero() {
		facts = append(facts, ui.Fact{Name: v.T("disclosure.answered"), Value: v.L.DateTime(kept.Answered)})
	}
	for _, key := range []string{view.Type.Disclosure.Wanted, view.Type.Disclosure.Holder, view.Type.Disclosure.Way} {
		if q := view.Type.Question(key); q != nil {
			facts = append(facts, ui.Fact{Name: q.Label.In(v.Lang()), Values: view.Type.Display(q, c.Answers, v.Lang())})
		}
	}
	if row, err := v.Cases().PublicRow(v.Ctx(), kept.Row); kept.Row != "" && err == nil {
		facts = append(facts, ui.Fact{Name: v.T("disclosure.row"), Value: strings.TrimSpace(row.Number + " " + row.Subject)})
	}
	var parts []templ.Component
	if !kept.Review.IsZero() {
		parts = append(parts, ui.With(ui.Alert{Tone: ui.Warning, Title: v.T("disclosure.review_asked"), Text: v.T("disclosure.review_text")},
			ui.Links{{Text: v.T("disclosure.decide"), Href: "/arbete/arenden/" + c.ID + "/beslut"}}))
	}
	parts = append(parts, ui.Summary{Facts: facts}, ui.Links{{Text: v.T("disclosure.open_case"), Href: "/arbete/arenden/" + c.ID}})
	table, ready, waiting, err := v.itemTable(c.ID, list)
	if err != nil {
		return err
	}
	parts = append(parts, ui.H2(v.T("disclosure.documents")), table)
	switch {
	case ready:
		parts = append(parts, ui.Button{Text: v.T("disclosure.answer"), Href: requestPath(c.ID) + "/svara"})
	case waiting:
		parts = append(parts, ui.P(v.T("disclosure.assess_first")))
	}
	found, err := v.chooser(c.ID, faults)
	if err != nil {
		return err
	}
	parts = append(parts, found...)
	return ui.Render(v.W, v.R, status, ui.With(p, parts...))
}

// itemTable is the chosen documents. What the official may not read is there without its name. ready tells that all that is to be sent is
// assessed; waiting, that something is not.
func (v *visit) itemTable(caseID string, list []Item) (t templ.Component, ready, waiting bool, err error) {
	if len(list) == 0 {
		return ui.P(v.T("disclosure.no_documents")), false, false, nil
	}
	table := ui.Table{Caption: v.T("disclosure.documents"), HideCaption: true, Columns: []ui.Column{{Title: v.T("disclosure.document")}, {Title: v.T("disclosure.case")}, {Title: v.T("disclosure.assessed")}, {Title: v.T("disclosure.provision")}}}
	for _, x := range list {
		f, lookErr := v.look(v.Ctx(), v.Who, x.Source)
		cells := []ui.Cell{{Text: v.named(f), Href: itemPath(caseID, x.ID)}, {Text: f.Number}}
		switch {
		case errors.Is(lookErr, store.ErrNotFound):
			cells = []ui.Cell{{Text: v.T("disclosure.not_yours")}, {}}
		case lookErr != nil:
			return nil, false, false, lookErr
		}
		state := v.outcome(x.Outcome)
		switch {
		case !x.Sent.IsZero():
			state += ", " + v.T("disclosure.sent")
		case x.Outcome == "" || lookErr == nil && f.Secrecy > x.Secrecy:
			waiting = true
			state = v.outcome("")
		default:
			ready = true
		}
		table.Rows = append(table.Rows, ui.Row{Value: x.ID, Cells: append(cells, ui.Cell{Text: state}, ui.Cell{Text: x.Law})})
	}
	return table, ready && !waiting, waiting, nil
}

// named is what to call a document that its reader may see.
func (v *visit) named(f Found) string {
	if f.Kind == KindEvent {
		return v.T("disclosure.event."+f.Title) + " (" + v.T("disclosure.row_n", "N", f.N) + ")"
	}
	return f.Title
}

func (v *visit) outcome(o Outcome) string {
	if o == "" {
		return v.T("disclosure.outcome.none")
	}
	return v.T("disclosure.outcome." + string(o))
}

// chooser is the form that finds documents by the number of their case.
func (v *visit) chooser(caseID string, faults []ui.FieldError) ([]templ.Component, error) {
	nr := strings.TrimSpace(v.R.URL.Query().Get("nr"))
	parts := []templ.Component{ui.H2(v.T("disclosure.find")), ui.With(ui.Form{Action: requestPath(caseID), Get: true}, ui.Together(ui.Input{Field: ui.Field{Name: "nr", Label: v.T("disclosure.find_number"), Hint: v.T("disclosure.find_hint")}, Value: nr, Width: 20, NoSpell: true},
		ui.Button{Text: v.T("disclosure.find_button"), Variant: ui.Secondary}))}
	if nr == "" {
		return parts, nil
	}
	id, err := v.Cases().ByNumber(v.Ctx(), nr)
	var list []Found
	if err == nil {
		list, err = v.In(v.Ctx(), v.Who, id)
	}
	switch {
	case errors.Is(err, store.ErrNotFound): // the same whether there is no such case or it is another unit's to know of
		return append(parts, ui.With(ui.Alert{Tone: ui.Warning, Title: v.T("disclosure.not_found"), Text: v.T("disclosure.not_found_text")},
			ui.Links{{Text: v.T("disclosure.hand_over"), Href: "/arbete/arenden/" + caseID + "/lamna-over"}})), nil
	case err != nil:
		return nil, err
	case len(list) == 0 || id == caseID:
		return append(parts, ui.P(v.T("disclosure.nothing_there"))), nil
	}
	boxes := ui.Checkboxes{Field: ui.Field{Name: "handling", Label: v.T("disclosure.choose"), Error: faultOf(faults, "handling")}}
	for _, f := range list {
		hint := ""
		if f.Secrecy > cases.Open {
			hint = v.T("disclosure.marked")
		}
		boxes.Options = append(boxes.Options, ui.Option{Value: f.Kind + ":" + number(f.N), Label: v.named(f), Hint: hint})
	}
	return append(parts, ui.With(ui.Form{Action: requestPath(caseID) + "/valj", Hidden: []ui.Hidden{{Name: "fran", Value: id}, {Name: "nr", Value: nr}}},
		ui.Together(boxes, ui.Button{Text: v.T("disclosure.choose_button"), Variant: ui.Secondary}))), nil
}

// choose adds the ticked documents.
func choose(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	view, err := v.open()
	if err != nil {
		return err
	}
	from := typed.Get("fran")
	var list []Source
	for _, name := range typed["handling"] {
		kind, n, _ := strings.Cut(name, ":")
		at, err := strconv.Atoi(n)
		if err != nil || kind != KindDocument && kind != KindEvent || !store.ValidID(from) {
			return store.ErrNotFound
		}
		list = append(list, Source{from, kind, at})
	}
	if len(list) == 0 {
		return v.See(requestPath(view.Case.ID) + "?" + url.Values{"nr": {typed.Get("nr")}}.Encode())
	}
	if err := v.Choose(v.Ctx(), v.Who, view.Case.ID, list); err != nil {
		return err
	}
	return v.done(requestPath(view.Case.ID), "chosen")
}

// newRequest takes in a request that came by telephone, e-mail, letter or over the counter. Who asks and why is not asked for.
func newRequest(v *visit) error {
	now := v.Clock.Now().In(calendar.Stockholm())
	return v.askNew(http.StatusOK, url.Values{"nyckel": {store.NewID()}, "dag": {now.Format("2006-01-02")}, "tid": {now.Format("15:04")}}, nil)
}

// intakes are the ways in which an official takes in a request.
func intakes() []casetype.Way {
	return []casetype.Way{casetype.Phone, casetype.Email, casetype.Visit, casetype.Letter}
}

func (v *visit) askNew(status int, typed url.Values, faults []ui.FieldError) error {
	ct, err := v.Type()
	if err != nil {
		return err
	}
	q := ui.Question{Page: v.page(v.T("disclosure.new_title")), Lead: v.T("disclosure.new_lead"), Back: Path, Button: v.T("disclosure.new_button"),
		Form: ui.Form{Action: pathNew, Unsaved: true, Hidden: []ui.Hidden{{Name: "nyckel", Value: typed.Get("nyckel")}}}}
	q.Errors = faults
	var ways []ui.Option
	for _, w := range intakes() {
		ways = append(ways, ui.Option{Value: string(w), Label: v.T("disclosure.channel." + string(w)), Chosen: typed.Get("kanal") == string(w)})
	}
	q.Fields = append(wishFields(v.L, ct, typed, faults, true),
		ui.Radios{Field: ui.Field{Name: "kanal", Label: v.T("disclosure.channel"), Error: faultOf(faults, "kanal")}, Options: ways},
		ui.Input{Field: ui.Field{Name: "dag", Label: v.T("disclosure.day"), Hint: v.T("disclosure.day_hint"), Error: faultOf(faults, "dag")}, Value: typed.Get("dag"), Width: 10, NoSpell: true},
		ui.Input{Field: ui.Field{Name: "tid", Label: v.T("disclosure.time"), Error: faultOf(faults, "tid")}, Value: typed.Get("tid"), Width: 5, NoSpell: true})
	return ui.Render(v.W, v.R, status, q)
}

func newRequestPost(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	ct, err := v.Type()
	if err != nil {
		return err
	}
	var faults []ui.FieldError
	at, err := moment(typed.Get("dag"), typed.Get("tid"))
	if err != nil || at.After(v.Clock.Now()) {
		faults = append(faults, ui.FieldError{Field: "dag", Message: v.T("disclosure.day_wrong")})
	}
	channel := casetype.Way("")
	for _, w := range intakes() {
		if typed.Get("kanal") == string(w) {
			channel = w
		}
	}
	if channel == "" {
		faults = append(faults, ui.FieldError{Field: "kanal", Message: v.T("disclosure.channel_choose")})
	}
	if len(faults) > 0 {
		return v.askNew(http.StatusUnprocessableEntity, typed, faults)
	}
	w := wishOf(ct, typed, v.Lang())
	w.Channel, w.By, w.ReceivedAt, w.Mandate = string(channel), v.Who.Person, at, v.mandate(ct)
	got, err := v.Ask(v.Ctx(), w)
	var faulty FaultyError
	switch {
	case errors.As(err, &faulty):
		return v.askNew(http.StatusUnprocessableEntity, typed, faultsOf(v.L, faulty))
	case errors.Is(err, cases.ErrKey):
		return v.See(pathNew)
	case err != nil:
		return err
	}
	// The one who asked is given number and code: both are shown once, on a page that is kept nowhere.
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(ui.Read{Page: v.page(v.T("disclosure.taken_in")), Lead: v.T("disclosure.taken_in_lead")}, ui.Summary{Facts: []ui.Fact{{Name: v.T("disclosure.number"), Value: got.Number}, {Name: v.T("disclosure.code"), Value: got.Code}}},
		ui.Links{{Text: v.T("disclosure.go_on"), Href: requestPath(got.CaseID)}, {Text: v.T("disclosure.title"), Href: Path}}))
}

// mandate is the one by which the official takes in a request.
func (v *visit) mandate(ct *casetype.CaseType) string {
	u, _ := v.Dir.Unit(ct.Owner.Unit)
	d := access.Check(v.Who, access.CaseDocument, access.Object{Kind: "case", Member: u.Member, Body: ct.Owner.Body, Unit: ct.Owner.Unit, Scope: ct.ID})
	if d.Mandate != "" || len(v.Who.Mandates) == 0 {
		return d.Mandate
	}
	return v.Who.Mandates[0].ID
}
