package meeting

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// paragraph is the form of what the minutes say of a point. Of two who write at once the later sees what the first has saved, and keeps their
// own words in the form.
func paragraph(v *visit) error {
	o, err := v.open(v.R.PathValue("id"))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(o.items, func(it *Item) bool { return it.ID == v.R.PathValue("item") })
	if i < 0 || !v.keeps(o.Body) {
		return store.ErrNotFound
	}
	it := o.items[i]
	if v.R.Method != http.MethodPost {
		return v.paragraphForm(o, it, nil)
	}
	form, err := v.Form()
	if err != nil {
		return err
	}
	v.values = form
	err = v.Write(v.Ctx(), v.Who, it.ID, v.version(), v.words())
	if err == nil {
		to := o.here
		if i+1 < len(o.items) && form.Get("nasta") != "" {
			to = o.here + "/paragraf/" + o.items[i+1].ID
		}
		return v.Done(to, "meeting.said.saved")
	}
	var changed *ChangedError
	if !errors.As(err, &changed) && !v.explain(err) {
		return err
	}
	if changed != nil {
		v.status, v.told = http.StatusConflict, &ui.Alert{Tone: ui.Warning, Title: v.T("meeting.changed"), Text: v.T("meeting.changed_text"), Live: true}
		return v.paragraphForm(o, it, changed.Theirs)
	}
	return v.paragraphForm(o, it, nil)
}

// words are those that were typed.
func (v *visit) words() Words {
	f := v.values
	w := Words{Outcome: Outcome(f.Get("utfall")), Text: f.Get("text"), Motions: f.Get("yrkanden"), Reservation: f.Get("reservation"), Conflicted: f["jav"], Secret: f.Get("sekretess") != "", Public: f.Get("offentlig")}
	if f.Get("ja") != "" || f.Get("nej") != "" || f.Get("avstod") != "" {
		number := func(name string) int {
			if f.Get(name) == "" {
				return 0
			}
			n, err := strconv.Atoi(f.Get(name))
			if err != nil {
				return -1 // the rules say that it is no number of votes
			}
			return n
		}
		w.Votes = &Votes{number("ja"), number("nej"), number("avstod")}
	}
	return w
}

func (v *visit) paragraphForm(o *opened, it, theirs *Item) error {
	up := ui.Link{Text: v.T("meeting.of", "Body", v.bodyName(o.Body), "Day", v.L.Date(o.Day)), Href: o.here}
	version := it.Version
	q := ui.Question{Page: v.top(it.Title, ui.Link{Text: v.T("meeting.title"), Href: Path}, up), Caption: it.MatterNumber, Back: o.here, Button: v.T("meeting.save"),
		Form: ui.Form{Action: o.here + "/paragraf/" + it.ID, Unsaved: true}}
	if theirs != nil {
		version = theirs.Version
		q.Fields = append(q.Fields, ui.Summary{Title: v.T("meeting.theirs"), Facts: []ui.Fact{{Name: v.T("meeting.protocol.outcome"), Value: v.outcome(theirs.Outcome)}, {Name: v.T("meeting.field.text"), Value: theirs.Text}}})
	} else if v.values != nil && v.version() > 0 {
		version = v.version() // what they read: somebody may have saved since
	}
	q.Form.Hidden = versioned(version)
	var outcomes, present []ui.Option
	for _, x := range Outcomes(it.Purpose) {
		outcomes = append(outcomes, ui.Option{Value: string(x), Label: v.outcome(x), Chosen: v.typed("utfall", string(it.Outcome)) == string(x)})
	}
	away := it.Conflicted
	if v.values != nil {
		away = v.values["jav"]
	}
	for _, p := range o.Present {
		present = append(present, ui.Option{Value: p.Person, Label: v.name(p.Person), Chosen: slices.Contains(away, p.Person)})
	}
	q.Fields = append(q.Fields, ui.Radios{Field: v.field("utfall", false), Options: outcomes}, v.area("text", it.Text, 6, false))
	more := []templ.Component{v.area("yrkanden", it.Motions, 3, true)}
	if it.Purpose == ForDecision {
		votes := [3]string{}
		if it.Votes != nil {
			votes = [3]string{strconv.Itoa(it.Votes.Yes), strconv.Itoa(it.Votes.No), strconv.Itoa(it.Votes.Abstain)}
		}
		more = append(more, v.input("ja", votes[0], 4, true), v.input("nej", votes[1], 4, true), v.input("avstod", votes[2], 4, true), v.area("reservation", it.Reservation, 3, true))
	}
	if len(present) > 0 {
		more = append(more, ui.Checkboxes{Field: v.field("jav", true), Options: present})
	}
	more = append(more, v.tick("sekretess", "version", it.Secret), v.area("offentlig", it.Public, 3, true))
	q.Fields = append(q.Fields, more...)
	return ui.Render(v.W, v.R, v.status, q)
}

func (v *visit) outcome(o Outcome) string {
	if o == "" {
		return ""
	}
	return v.T("meeting.outcome." + string(o))
}
