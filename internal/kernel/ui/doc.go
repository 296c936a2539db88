// Package ui is the look of Dygnet: typed components, the theme of a municipality, and the four page templates that carry almost all
// pages. It answers S4-WG-2 (accessible pages) and S2-M1-2 (the same terms for everyone): every page works without JavaScript, in
// Swedish and English, at WCAG 2.2 AA (DOS-lagen 2018:1937, EN 301 549). Patterns are those of the GOV.UK Design System, the
// stylesheet is @digdir/designsystemet-css with our own theme, both tried against others before they were chosen.
//
// # Writing a page
//
// Every component is a struct that is a templ.Component. A page is a template (Read, Question, List, Case, Message) filled in:
//
//	func (p *pages) place(w http.ResponseWriter, r *http.Request) error {
//		ctx := r.Context() // holds the localizer: i18n.With
//		wrong := ui.Errors(nil) // after a POST: what is to be rewritten; status 422
//		page := ui.Question{
//			Page:    ui.Page{Site: p.site, Title: ui.T(ctx, "web.place"), Path: r.URL.RequestURI(), Errors: wrong},
//			Back:    "/e-tjanster/felanmalan",
//			Caption: service.Title.In(i18n.From(ctx).Lang()),
//			Steps:   &ui.Steps{Names: names, Current: 1},
//			Form:    ui.Form{Action: "/e-tjanster/felanmalan/plats", Unsaved: true},
//			Fields: []templ.Component{
//				ui.Input{Field: ui.Field{Name: "address", Label: ui.T(ctx, "web.address")}, Value: answers.Address, Autocomplete: "address-line1"},
//			},
//		}
//		return ui.Render(w, r, http.StatusOK, page)
//	}
//
// In a templ file: @ui.Tag{Text: "Klar", Tone: ui.Success}. A component with children is written through Around, since templ cannot
// parse a struct before a brace, or is handed over as a parameter:
//
//	@ui.Around(ui.Details{Summary: "Mer"}) { <p>…</p> }
//	templ page(p ui.Read) { @p { <p>…</p> } }
//
// # Rules that hold everywhere
//
//   - Addresses are written without language ("/e-tjanster"); components put in /en. Page.Path is without language too.
//   - Texts come from i18n: ui.T(ctx, key, "Name", value). Everything is escaped. No style or script attributes: the Content Security
//     Policy is default-src 'self'; img-src 'self' data: (icons of the stylesheet), plus the tile service if one is configured.
//   - Faults in a form: status 422, the same page, Page.Errors (the title then begins with "Fel: " and the summary stands above the
//     h1), and the same words as Error at the field. Nothing is validated in the browser; only optional fields are marked.
//   - A status is words in a Tag; colour never says anything alone.
//   - What comes at a date is written by the page: i18n.Localizer.DateTime in running text, ISO in tables.
//   - JavaScript only adds: character counters, a warning for unsaved text (Form.Unsaved), live parts (Live), the officer's shortcuts
//     (Page.Keys and the Key of links, buttons, inputs), the map (Page.Map and MapField), and what passkeys cannot do without it.
//
// # Components
//
//	page       Page Read Question List Case Message            around them: Site Contact SiteLink User Link Live
//	form       Form Post Button Input Textarea DateInput Radios Checkboxes Checkbox Select FileInput MapField Passkey Errors
//	list       Filter Table{Column Row Cell} Pager Tabs Empty
//	case       Timeline{Entry} Summary{Fact} Steps TaskList{Task}
//	small      Alert Tag Details Cards Links Crumbs
//
// # Assets
//
// `make assets` (scripts/assets) builds stylesheet, scripts and icon into assets/dist, which is embedded and not committed. NewAssets
// appends the colours of the Theme to the stylesheet when the server starts, so that one binary serves any municipality with one CSS
// file of its own; mount it: mux.Handle("GET "+ui.AssetsPath, assets).
package ui
