package tie

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// backwards before a kind in a form says that the other case is what the kind says of this one: that it has a part.
const backwards = "~"

// relating asks what the case is to another.
func relating(v *visit) error {
	return v.askRelation(http.StatusOK, url.Values{"nr": v.R.URL.Query()["nr"]}, nil)
}

func (v *visit) askRelation(status int, typed url.Values, faults []fault) error {
	kinds := ui.Radios{Field: ui.Field{Name: "slag", Label: v.T("tie.relate.kind"), Error: faultIn(faults, "slag")}}
	for _, k := range Kinds() {
		kinds.Options = append(kinds.Options, ui.Option{Value: string(k), Label: v.T("tie.kind." + string(k)), Chosen: typed.Get("slag") == string(k)})
		if k == ChildOf {
			kinds.Options = append(kinds.Options, ui.Option{Value: backwards + string(k), Label: v.T("tie.kind." + k.side(false)), Chosen: typed.Get("slag") == backwards+string(k)})
		}
	}
	return v.show(status, "koppla", ui.Question{Lead: v.T("tie.relate.lead"), Button: v.T("tie.relate.button"), Form: ui.Form{Unsaved: true}, Fields: []templ.Component{
		kinds,
		ui.Input{Field: ui.Field{Name: "nr", Label: v.T("tie.number"), Hint: v.T("tie.number_hint"), Error: faultIn(faults, "nr")}, Value: typed.Get("nr"), Width: 20, NoSpell: true},
		ui.Textarea{Field: ui.Field{Name: fieldReason, Label: v.T("tie.reason"), Hint: v.T("tie.reason_hint"), Optional: true, Error: faultIn(faults, fieldReason)}, Value: typed.Get(fieldReason), Max: maxReason},
	}}, faults...)
}

func relatingPost(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	kind, back := strings.CutPrefix(typed.Get("slag"), backwards)
	var faults []fault
	if !Kind(kind).chosen() {
		faults = append(faults, fault{"slag", v.T("tie.problem.kind")})
	}
	other, wrong := v.other(typed.Get("nr"))
	faults = append(faults, wrong...)
	if typed.Get(fieldReason) != "" {
		faults = append(faults, v.reasonFaults(typed.Get(fieldReason))...)
	}
	if len(faults) > 0 {
		return v.askRelation(http.StatusUnprocessableEntity, typed, faults)
	}
	from, to := v.view.Case.ID, other
	if back {
		from, to = to, from
	}
	if _, err := v.Relate(v.Ctx(), v.Who, cases.On{Case: v.view.Case.ID}, Kind(kind), from, to, typed.Get(fieldReason)); err != nil {
		if faults, ok := v.said(err, "nr"); ok {
			return v.askRelation(http.StatusUnprocessableEntity, typed, faults)
		}
		return err
	}
	return v.done(v.here(), "related")
}

// unrelating asks why a relation is removed.
func unrelating(v *visit) error { return v.askRemoval(http.StatusOK, "", nil) }

func (v *visit) askRemoval(status int, typed string, faults []fault) error {
	r, err := relationBy(v.Ctx(), v.DB, `r.id = $1 AND (r.from_case = $2 OR r.to_case = $2)`, v.R.PathValue("relation"), v.view.Case.ID)
	if err != nil {
		return err
	}
	other, _, _, err := v.Cases.May(v.Ctx(), v.Who, access.CaseRead, r.other(v.view.Case.ID))
	if err != nil {
		return store.ErrNotFound // a relation to what one may not read is not one's to remove
	}
	lead := v.T("tie.unrelate.lead", "Kind", v.T("tie.kind."+r.Kind.side(r.From == v.view.Case.ID)), "Number", other.Number)
	return v.show(status, "koppling", ui.Question{Lead: lead, Button: v.T("tie.unrelate.button"), Fields: []templ.Component{v.reason(typed, faults)},
		Form: ui.Form{Action: v.here() + "/koppling/" + r.ID, Unsaved: true}}, faults...)
}

func unrelatingPost(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	reason := typed.Get(fieldReason)
	if faults := v.reasonFaults(reason); len(faults) > 0 {
		return v.askRemoval(http.StatusUnprocessableEntity, reason, faults)
	}
	if err := v.Unrelate(v.Ctx(), v.Who, cases.On{Case: v.view.Case.ID}, v.R.PathValue("relation"), reason); err != nil {
		if faults, ok := v.said(err, fieldReason); ok {
			return v.askRemoval(http.StatusUnprocessableEntity, reason, faults)
		}
		return err
	}
	return v.done(v.here(), "unrelated")
}

// similar lists what is perhaps the same matter, and says in words why.
func similar(v *visit) error {
	list, err := v.Similar(v.Ctx(), v.Who, v.view.Case, v.view.Type)
	if err != nil {
		return err
	}
	p := ui.Read{Page: v.Page(v.T("tie.title.liknande"), "/arbete/inkorg", ui.Link{Text: v.view.Case.Number, Href: v.here()}), Lead: v.T("tie.similar.lead")}
	p.Of, p.Path = v.view.Case.Number, v.here()+"/liknande"
	if len(list) == 0 {
		return ui.Render(v.W, v.R, http.StatusOK, ui.With(p, ui.Empty{Title: v.T("tie.similar.none"), Text: v.T("tie.similar.none_text")}))
	}
	s := ui.Summary{}
	for _, like := range list {
		var acts []templ.Component
		if view := v.view; view.Right(v.Who, access.CaseNote).Allowed {
			acts = append(acts, duplicateButton(v.Visit, view.Case.ID, like.Case.ID, like.Case.Number))
		}
		t := tied{c: *like.Case}
		s.Facts = append(s.Facts, ui.Fact{Name: like.Case.Number, Body: linked(v.named(v.Visit, t), casePath(like.Case.ID), v.why(like), acts)})
	}
	return ui.Render(v.W, v.R, http.StatusOK, ui.With(p, s))
}

// why says in words what makes a case like another.
func (v *visit) why(like Like) string {
	var out []string
	if like.Metres >= 0 {
		out = append(out, v.T("tie.near.metres", "Metres", int(like.Metres+0.5)))
	}
	if len(like.Words) > 0 {
		out = append(out, v.T("tie.similar.words", "Words", strings.Join(like.Words, ", ")))
	}
	if st := v.standing(v.L, tied{c: *like.Case}); st != "" {
		out = append(out, st)
	}
	return strings.Join(out, " · ")
}

// similarPost says that the case is the same matter as another, and offers to have them handled together.
func similarPost(v *visit) error {
	typed, err := v.Form()
	if err != nil {
		return err
	}
	if err := v.view.Right(v.Who, access.CaseNote).Err(); err != nil {
		return err
	}
	other, _, _, err := v.Cases.May(v.Ctx(), v.Who, access.CaseNote, typed.Get("arende"))
	if err != nil {
		return err
	}
	_, err = v.Relate(v.Ctx(), v.Who, cases.On{Case: v.view.Case.ID}, DuplicateOf, v.view.Case.ID, other.ID, "")
	if faults, ok := v.said(err, "nr"); err != nil && ok {
		return v.askRelation(http.StatusUnprocessableEntity, url.Values{"nr": {other.Number}, "slag": {string(DuplicateOf)}}, faults)
	}
	if err != nil {
		return err
	}
	if v.view.Right(v.Who, access.CaseClose).Allowed && v.view.Case.Open {
		return v.done(v.here()+"/sla-ihop?"+url.Values{"nr": {other.Number}}.Encode(), "duplicate")
	}
	return v.done(v.here(), "duplicate")
}
