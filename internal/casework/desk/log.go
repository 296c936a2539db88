package desk

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/ui"
)

// caseLog is what the journal says of a case: the auditor's page (P-3). Looking into a marked case is itself journalled.
func caseLog(v *visit) error {
	trail, err := v.Cases.Audit(v.Ctx(), v.Who, v.R.PathValue("id"))
	if access.IsDenied(err) { // to those who may not know of the case it is not there
		err = cmp.Or(v.Cases.MaySee(v.Ctx(), v.Who, v.R.PathValue("id")), err)
	}
	if err != nil {
		return err
	}
	page := ui.List{Page: v.Page(v.T("desk.log.case_title", "Number", trail.Number), pathLog), Found: len(trail.Entries), Lead: v.T("desk.log.case_lead")}
	page.Crumbs = []ui.Link{{Text: v.T("desk.log.title"), Href: pathLog}}
	if len(trail.Entries) == 0 {
		page.Empty = &ui.Empty{Title: v.T("desk.log.empty"), Text: v.T("desk.log.empty_text")}
	} else {
		page.Table = v.logTable(trail.Entries, trail.Said, nil)
	}
	return ui.Render(v.W, v.R, http.StatusOK, page)
}

// latestLog is the end of the journal and its latest signed checkpoint. It shows what was done to what, never what was said: that is on the
// page of each case, where the rules of the case are asked.
func latestLog(v *visit) error {
	if !v.MayAnywhere(access.JournalRead) {
		return access.Check(v.Who, access.JournalRead, access.Object{}).Err()
	}
	if id := v.R.URL.Query().Get("objekt"); id != "" {
		return v.See(casePath(id) + "/logg")
	}
	last, err := v.Journal.Last(v.Ctx())
	if err != nil {
		return fmt.Errorf("showing the journal: %w", err)
	}
	before := last + 1
	if n, err := strconv.ParseInt(v.R.URL.Query().Get("fore"), 10, 64); err == nil && n >= 0 && n <= last {
		before = n
	}
	from := max(before-fewRows, 0)
	entries, err := v.Journal.Since(v.Ctx(), from-1, int(before-from))
	if err != nil {
		return fmt.Errorf("showing the journal: %w", err)
	}
	slices.Reverse(entries)
	checkpoint, err := v.Journal.Checkpoint(v.Ctx())
	if err != nil {
		return fmt.Errorf("showing the journal: %w", err)
	}
	page := ui.List{Page: v.Page(v.T("desk.log.title"), pathLog), Found: -1, Lead: v.T("desk.log.lead"), Pager: &ui.Pager{}}
	var about []string
	for _, e := range entries {
		if e.Object.Kind == "case" {
			about = append(about, e.Object.ID)
		}
	}
	open, err := v.Cases.Among(v.Ctx(), v.Who, access.JournalRead, about)
	if err != nil {
		return fmt.Errorf("showing the journal: %w", err)
	}
	page.Table = v.logTable(entries, false, open)
	if len(entries) == 0 {
		page.Empty = &ui.Empty{Title: v.T("desk.log.empty"), Text: v.T("desk.log.empty_text")}
	}
	if from > 0 {
		page.Pager.Next = pathLog + "?fore=" + strconv.FormatInt(from, 10)
	}
	if before <= last {
		page.Pager.Previous = pathLog + "?fore=" + strconv.FormatInt(min(before+fewRows, last+1), 10)
	}
	return ui.Render(v.W, v.R, http.StatusOK, logPage(page, v.T("desk.log.size", "Count", int(checkpoint.Size)), checkpoint.Note))
}

// logTable is entries of the journal; with what was said, if the rules of their object have been asked. It leads to those cases that are
// open to the reader.
func (v *visit) logTable(entries []journal.Recorded, said bool, open map[string]bool) ui.Table {
	t := ui.Table{Caption: v.T("desk.log.entries"), HideCaption: true, Columns: []ui.Column{{Title: v.T("desk.log.seq")}, {Title: v.T("desk.log.at")}, {Title: v.T("desk.log.action")}, {Title: v.T("desk.log.actor")}}}
	last := v.T("desk.log.object")
	if said {
		last = v.T("desk.log.payload")
	}
	t.Columns = append(t.Columns, ui.Column{Title: last})
	for _, e := range entries {
		object := ui.Cell{Text: e.Object.Kind}
		if e.Object.Kind == "case" {
			object.Text = v.T("desk.case.case")
			if open[e.Object.ID] {
				object.Href = casePath(e.Object.ID) + "/logg"
			}
		}
		if said {
			object = ui.Cell{Body: v.payload(e)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.FormatInt(e.Seq, 10)}, {Text: v.L.DateTime(e.At)}, {Text: v.action(e.Action)}, {Body: v.doer(e)}, object}})
	}
	return t
}

// action is what was done, in words where there are some.
func (v *visit) action(a string) string {
	if key := "desk.action." + a; v.L.Has(key) {
		return v.T("desk.action." + a)
	}
	return a
}

// doer is who did it and by what mandate.
func (v *visit) doer(e journal.Recorded) templ.Component {
	name := v.Person(e.Actor)
	switch {
	case e.Actor == journal.System:
		name = v.T("desk.log.system")
	case e.Actor == "":
		name = v.T("desk.log.nobody")
	case name == "":
		name = v.T("desk.log.resident")
	}
	mandate := ""
	if m, ok := v.Dir.Mandate(e.Mandate); ok {
		place := v.Unit(m.Unit)
		if m.Unit == "" {
			place = v.body(m.Body)
		}
		if member, known := v.Dir.Member(m.Member); place == "" && known {
			place = member.Name.In(v.Lang())
		}
		mandate = strings.TrimSuffix(v.role(m.Role)+", "+place, ", ")
	}
	return twoLines(name, mandate, nil)
}

// payload is what the entry says, as long as it has not been erased.
func (v *visit) payload(e journal.Recorded) templ.Component {
	switch {
	case len(e.Payload) > 0:
		return ui.With(ui.Details{Summary: v.T("desk.log.show_payload")}, ui.Plain(flat(e.Payload)))
	case len(e.PayloadHash) > 0:
		return ui.Tag{Text: v.T("desk.log.erased")}
	}
	return ui.Plain(nil)
}

// flat writes JSON as lines of name and value.
func flat(raw json.RawMessage) []string {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return []string{string(raw)}
	}
	var out []string
	var walk func(name string, value any)
	walk = func(name string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(value)) {
				walk(strings.TrimPrefix(name+"."+key, "."), value[key])
			}
		case []any:
			for _, part := range value {
				walk(name, part)
			}
		default:
			if text := fmt.Sprint(value); value != nil && text != "" {
				out = append(out, name+": "+text)
			}
		}
	}
	walk("", value)
	return out
}
