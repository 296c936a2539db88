package ruling

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

func itoa(n int) string { return strconv.Itoa(n) }

// document reads the frozen bytes of a decision; what is not what was signed is documents.ErrDamaged.
func (s *Service) document(ctx context.Context, f File) ([]byte, error) {
	_, body, err := s.vault.Open(ctx, f.Document)
	if err != nil {
		return nil, fmt.Errorf("opening a decision: %w", err)
	}
	defer func() { _ = body.Close() }()
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("reading a decision: %w", err)
	}
	if sum(raw) != f.SHA256 {
		return nil, fmt.Errorf("reading a decision: %w", documents.ErrDamaged)
	}
	return raw, nil
}

// read shows the document of a decision as it was made, to read or print.
func read(v *visit) error {
	r, _, err := v.onCase(access.CaseRead)
	if err != nil {
		return err
	}
	raw, err := v.document(v.Ctx(), r.HTML)
	if err != nil {
		return err
	}
	_, article, _ := strings.Cut(string(raw), "</header>")
	article, _, _ = strings.Cut(article, "</article>")
	p := ui.Read{Page: v.Page(v.T("ruling.doc.of", "Title", r.Title), "/arbete/inkorg", ui.Link{Text: r.Number, Href: casePath(r.Case)}, ui.Link{Text: r.Title, Href: pathOf(r)})}
	p.Of, p.SV = r.Number, true
	p.Lead = v.T("ruling.doc.lead", "Number", r.Number, "Day", v.L.Date(r.Day))
	return ui.Render(v.W, v.R, 200, ui.With(p, frozen(article)))
}

// saved sends the document with its statement, as a file that proves itself.
func saved(v *visit) error {
	r, _, err := v.onCase(access.CaseRead)
	if err != nil {
		return err
	}
	raw, err := v.document(v.Ctx(), r.HTML)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": v.T("ruling.doc.file", "Number", strings.ReplaceAll(r.Number, "/", "-")) + ".html"}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if _, err := v.W.Write(Sealed(raw, r.Statement)); err != nil {
		return fmt.Errorf("sending a decision: %w", err)
	}
	return nil
}

// serving registers how a party got the decision.
func serving(v *visit) error {
	r, view, err := v.onCase(access.CaseMessage)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(v.R.PathValue("n"))
	p := r.party(n)
	if err != nil || p == nil {
		return store.ErrNotFound
	}
	if !p.On.IsZero() { // sent twice, or read meanwhile: the page says so
		return v.See(pathOf(r) + "#delgivning")
	}
	a, err := v.form()
	if err != nil {
		return err
	}
	if a.sent {
		x := Serving{Party: n, Way: Way(a.get("satt")), Sent: a.date("skickat"), On: a.date("mottaget"), Note: a.get("not")}
		if len(a.faults) == 0 {
			_, err := v.Serve(v.Ctx(), v.Who, r.Decision, x)
			switch {
			case err == nil || errors.Is(err, ErrServed):
				return v.Done(pathOf(r), "rulings.said.served")
			case errors.Is(err, ErrWay) && slices.Contains(Ways(), x.Way):
				a.fault("mottaget", v.T("ruling.wrong.way."+string(x.Way)))
			case errors.Is(err, ErrWay):
				a.fault("satt", v.T("ruling.wrong.choose_way"))
			case errors.Is(err, ErrFuture):
				a.fault("skickat", v.T("ruling.wrong.served_day", "Day", v.L.Date(r.Day)))
			default:
				return err
			}
		}
	}
	var ways []ui.Option
	for _, w := range Ways() {
		ways = append(ways, ui.Option{Value: string(w), Label: v.T("ruling.way." + string(w)), Hint: v.T("ruling.way_hint." + string(w)), Chosen: a.choice("satt", string(p.Way)) == string(w)})
	}
	name := v.T("ruling.party", "N", n+1)
	if n < len(view.Parties) {
		name = partyName(v.Visit, view.Parties[n], n)
	}
	return a.ask(r, ui.Question{Lead: v.T("ruling.serve.lead", "Name", name), Button: v.T("ruling.serve.button"), Fields: []templ.Component{
		ui.Radios{Field: ui.Field{Name: "satt", Label: v.T("ruling.serve.way"), Error: a.faultOf("satt")}, Options: ways},
		a.day("skickat", v.T("ruling.serve.sent"), v.T("ruling.date_hint"), p.Sent.String(), true),
		a.day("mottaget", v.T("ruling.serve.received"), v.T("ruling.serve.received_hint"), "", true),
		a.area("not", v.T("ruling.serve.note"), v.T("ruling.serve.note_hint"), 2, true),
	}}, v.T("ruling.serve.title"))
}

// lodging enters an appeal that came another way than the web.
func lodging(v *visit) error {
	r, view, err := v.onCase(access.CaseNote)
	if err != nil {
		return err
	}
	if !r.Appeal.Open() {
		return v.See(pathOf(r))
	}
	a, err := v.form()
	if err != nil {
		return err
	}
	if a.sent {
		in := Appeal{Channel: a.get("kanal"), Received: a.date("kom"), Party: NoParty, Name: a.get("namn"), Text: oneForm(a.get("text")), Public: a.get("allmanna") != "", Member: a.get("medlem") != ""}
		if n, err := strconv.Atoi(a.get("part")); err == nil && r.party(n) != nil {
			in.Party, in.Name = n, ""
		}
		if in.Received.IsZero() && a.faultOf("kom") == "" {
			a.fault("kom", v.T("ruling.bad_date"))
		}
		if a.get("part") == "" {
			a.fault("part", v.T("ruling.wrong.who"))
		} else if in.Party == NoParty && in.Name == "" {
			a.fault("namn", v.T("ruling.wrong.name"))
		}
		if in.Text == "" {
			a.fault("text", v.T("ruling.wrong.appeal_text"))
		}
		if !slices.Contains(channels(), in.Channel) {
			a.fault("kanal", v.T("ruling.wrong.channel"))
		}
		if len(a.faults) == 0 {
			done, err := v.Lodge(v.Ctx(), v.Who, r.Decision, in)
			switch {
			case err == nil && done.Appeals[len(done.Appeals)-1].State == Unfounded:
				return v.Done(pathOf(r), "rulings.said.unfounded")
			case err == nil:
				return v.Done(pathOf(r), "rulings.said.lodged")
			case errors.Is(err, ErrFuture):
				a.fault("kom", v.T("ruling.wrong.appeal_day", "Day", v.L.Date(r.Day)))
			case errors.Is(err, ErrNoAppeal):
				a.fault("text", v.T("ruling.wrong.no_appeal"))
			default:
				return err
			}
		}
	}
	var who []ui.Option
	for _, p := range r.Parties {
		if p.own() && p.N < len(view.Parties) {
			who = append(who, ui.Option{Value: itoa(p.N), Label: partyName(v.Visit, view.Parties[p.N], p.N), Chosen: a.get("part") == itoa(p.N)})
		}
	}
	who = append(who, ui.Option{Value: "annan", Label: v.T("ruling.lodge.other"), Chosen: a.get("part") == "annan", Or: len(who) > 0})
	var ways []ui.Option
	for _, c := range channels() {
		ways = append(ways, ui.Option{Value: c, Label: v.T("ruling.channel." + c), Chosen: a.get("kanal") == c})
	}
	fields := []templ.Component{
		ui.Radios{Field: ui.Field{Name: "part", Label: v.T("ruling.lodge.who"), Error: a.faultOf("part")}, Options: who},
		ui.Input{Field: ui.Field{Name: "namn", Label: v.T("ruling.lodge.name"), Optional: true, Error: a.faultOf("namn")}, Value: a.get("namn"), NoSpell: true},
		ui.Radios{Field: ui.Field{Name: "kanal", Label: v.T("ruling.lodge.channel"), Error: a.faultOf("kanal")}, Options: ways},
		a.day("kom", v.T("ruling.lodge.received"), v.T("ruling.date_hint"), v.Today().String(), false),
		a.area("text", v.T("ruling.lodge.text"), v.T("ruling.lodge.text_hint"), 8, false),
	}
	if r.Appeal.Type == casetype.Legality {
		fields = append(fields, ui.Checkbox{Field: ui.Field{Name: "medlem", Label: v.T("ruling.lodge.member")}, Value: "1", Checked: a.get("medlem") != ""})
	} else {
		fields = append(fields, ui.Checkbox{Field: ui.Field{Name: "allmanna", Label: v.T("ruling.lodge.public")}, Value: "1", Checked: a.get("allmanna") != ""})
	}
	return a.ask(r, ui.Question{Lead: v.T("ruling.lodge.lead"), Button: v.T("ruling.lodge.button"), Fields: fields}, v.T("ruling.lodge.title"))
}

// channels are the ways an appeal comes that an official enters.
func channels() []string {
	return []string{string(casetype.Letter), string(casetype.Email), string(casetype.Visit)}
}

// onAppeal opens the appeal of the address.
func (v *visit) onAppeal(right access.Action) (*Record, cases.OfficerView, *Appeal, error) {
	r, view, err := v.onCase(right)
	if err != nil {
		return nil, view, nil, err
	}
	a := r.appeal(v.R.PathValue("id"))
	if a == nil {
		return nil, view, nil, store.ErrNotFound
	}
	return r, view, a, nil
}

// examining decides whether an appeal came in time.
func examining(v *visit) error {
	r, _, appeal, err := v.onAppeal(access.CaseDecide)
	if err != nil {
		return err
	}
	if appeal.State != Lodged && appeal.State != Unfounded || r.Appeal.Type != casetype.Administrative {
		return v.See(pathOf(r))
	}
	a, err := v.form()
	if err != nil {
		return err
	}
	t := v.Examined(r, appeal)
	if a.sent {
		x := Examination{Insists: a.get("anda") != "", Note: oneForm(a.get("not")), Beslut: a.get("organ")}
		switch choice := a.get("svar"); {
		case choice == "avvisa":
			x.Dismiss = true
		case slices.Contains(Excuses(), Excuse(choice)):
			x.Excuse = Excuse(choice)
		}
		if err := v.examined(&a, r, appeal, x); err != nil || len(a.faults) == 0 {
			return err
		}
	}
	q := ui.Question{Button: v.T("ruling.examine.button")}
	switch {
	case t.Last.IsZero():
		q.Lead = v.T("ruling.examine.unserved")
	case !t.Late:
		q.Lead = v.T("ruling.examine.in_time", "Received", v.L.Date(appeal.Received), "Last", v.L.Date(t.Last))
	default:
		q.Lead = v.T("ruling.examine.late", "Received", v.L.Date(appeal.Received), "Last", v.L.Date(t.Last))
	}
	if appeal.State == Unfounded {
		q.Fields = append(q.Fields, ui.Alert{Tone: ui.Warning, Title: v.T("ruling.refusal." + string(appeal.Refused)), Text: v.T("ruling.examine.standing")},
			ui.Checkbox{Field: ui.Field{Name: "anda", Label: v.T("ruling.examine.insist"), Error: a.faultOf("anda")}, Value: "1", Checked: a.get("anda") != ""})
	}
	if t.Late {
		options := []ui.Option{{Value: "avvisa", Label: v.T("ruling.examine.dismiss"), Hint: v.T("ruling.examine.dismiss_hint"), Chosen: a.get("svar") == "avvisa"}}
		for _, x := range Excuses() {
			options = append(options, ui.Option{Value: string(x), Label: v.T("ruling.excuse." + string(x)), Chosen: a.get("svar") == string(x)})
		}
		q.Fields = append(q.Fields, ui.Radios{Field: ui.Field{Name: "svar", Label: v.T("ruling.examine.what"), Error: a.faultOf("svar")}, Options: options})
		if r.Delegation == "" {
			q.Fields = append(q.Fields, ui.Input{Field: ui.Field{Name: "organ", Label: v.T("ruling.examine.body"), Hint: v.T("ruling.examine.body_hint"), Optional: true, Error: a.faultOf("organ")}, Value: a.get("organ"), NoSpell: true})
		}
	}
	q.Fields = append(q.Fields, a.area("not", v.T("ruling.examine.note"), v.T("ruling.examine.note_hint"), 3, true))
	return a.ask(r, q, v.T("ruling.examine.title"))
}

// examined carries the examination out; what can be put right is a fault.
func (v *visit) examined(a *asked, r *Record, appeal *Appeal, x Examination) error {
	done, err := v.Examine(v.Ctx(), v.Who, r.Decision, appeal.ID, x)
	var standing *StandingError
	var late *LateError
	switch {
	case err == nil && done.appeal(appeal.ID).State == Dismissed:
		return v.Done(pathOf(r), "rulings.said.dismissed")
	case err == nil:
		return v.Done(pathOf(r)+"/overklagande/"+appeal.ID+"/overlamna", "rulings.said.accepted")
	case errors.As(err, &standing):
		a.fault("anda", v.T("ruling.wrong.insist"))
	case errors.As(err, &late):
		a.fault("svar", v.T("ruling.wrong.late", "Last", v.L.Date(late.Last)))
	case errors.Is(err, ErrTimely):
		a.fault("not", v.T("ruling.wrong.timely"))
	case errors.Is(err, cases.ErrNote):
		a.fault("not", v.T("ruling.wrong.excuse_note"))
	case errors.Is(err, cases.ErrDecision):
		a.fault("organ", v.T("ruling.wrong.body"))
	default:
		field, words := wrong(v.Visit, err)
		if words == nil {
			return err
		}
		_ = field
		a.fault("not", words[0].text)
	}
	return nil
}

// forwarding hands an appeal over to the court.
func forwarding(v *visit) error {
	r, view, appeal, err := v.onAppeal(access.CaseMessage)
	if err != nil {
		return err
	}
	if err := mayForward(r, appeal); err != nil {
		return v.See(pathOf(r))
	}
	a, err := v.form()
	if err != nil {
		return err
	}
	if a.sent {
		_, err := v.Forward(v.Ctx(), v.Who, r.Decision, appeal.ID, a.get("domstol"))
		switch {
		case err == nil || errors.Is(err, ErrState):
			return v.Done(pathOf(r), "rulings.said.forwarded")
		case errors.Is(err, ErrCourt):
			a.fault("domstol", v.T("ruling.wrong.court"))
		default:
			return err
		}
	}
	t := ui.Table{Caption: v.T("ruling.cover.documents"), Columns: []ui.Column{{Title: v.T("ruling.cover.number"), Number: true}, {Title: v.T("ruling.cover.document")}, {Title: v.T("ruling.cover.day")}}}
	for _, d := range packageOf(view) {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: itoa(d.N)}, {Text: d.Name, Href: casePath(r.Case) + "/handlingar/" + itoa(d.N)}, {Text: d.Day.String()}}})
	}
	return a.ask(r, ui.Question{Lead: v.T("ruling.forward.lead"), Button: v.T("ruling.forward.button"), Fields: []templ.Component{
		ui.Input{Field: ui.Field{Name: "domstol", Label: v.T("ruling.forward.court"), Hint: v.T("ruling.forward.court_hint"), Error: a.faultOf("domstol")}, Value: a.choice("domstol", r.Appeal.Court), NoSpell: true}, t,
	}}, v.T("ruling.forward.title"))
}

// courtRuling registers what the court decided.
func courtRuling(v *visit) error {
	r, _, appeal, err := v.onAppeal(access.CaseNote)
	if err != nil {
		return err
	}
	if appeal.State != Forwarded && (appeal.State != StateRuled || !appeal.FinalOn.IsZero()) {
		return v.See(pathOf(r))
	}
	a, err := v.form()
	if err != nil {
		return err
	}
	if a.sent {
		x := Ruling{Outcome: Outcome(a.get("utfall")), Day: a.date("dag"), Final: a.date("lagakraft"), Note: oneForm(a.get("not"))}
		if len(a.faults) == 0 {
			_, err := v.Rule(v.Ctx(), v.Who, r.Decision, appeal.ID, x)
			switch {
			case err == nil:
				return v.Done(pathOf(r), "rulings.said.ruled")
			case errors.Is(err, cases.ErrEmpty):
				a.fault("utfall", v.T("ruling.wrong.outcome"))
			case errors.Is(err, ErrFuture):
				a.fault("dag", v.T("ruling.wrong.ruled_day", "Day", v.L.Date(appeal.Forwarded)))
			default:
				return err
			}
		}
	}
	var options []ui.Option
	for _, o := range Outcomes() {
		options = append(options, ui.Option{Value: string(o), Label: v.T("ruling.outcome." + string(o)), Chosen: a.choice("utfall", string(appeal.Outcome)) == string(o)})
	}
	return a.ask(r, ui.Question{Lead: v.T("ruling.rule.lead", "Court", appeal.Court), Button: v.T("ruling.rule.button"), Fields: []templ.Component{
		ui.Radios{Field: ui.Field{Name: "utfall", Label: v.T("ruling.rule.what"), Error: a.faultOf("utfall")}, Options: options},
		a.day("dag", v.T("ruling.rule.day"), v.T("ruling.date_hint"), appeal.Ruled.String(), false),
		a.day("lagakraft", v.T("ruling.rule.final"), v.T("ruling.rule.final_hint"), "", true),
		a.area("not", v.T("ruling.rule.note"), v.T("ruling.rule.note_hint"), 3, true),
	}}, v.T("ruling.rule.title"))
}
