package uitest

import (
	"context"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/ui"
)

// townHall is the site around the gallery.
func townHall(assets *ui.Assets) *ui.Site {
	return &ui.Site{Assets: assets,
		Name: i18n.Text{i18n.SV: "Ljusviks kommun", i18n.EN: "Ljusvik municipality"},
		Contact: ui.Contact{Phone: "0555-123 00", Email: "kommun@ljusvik.example", Address: "Torget 1, 555 55 Ljusvik",
			Hours: i18n.Text{i18n.SV: "Vardagar 8–16.30", i18n.EN: "Weekdays 8 am–4.30 pm"}},
		Demo: true,
	}
}

var publicNav = []ui.Link{{Text: "E-tjänster", Href: "/", Current: true}, {Text: "Felanmälningar", Href: "/lista"}, {Text: "Politik", Href: "/las"}}

var deskNav = []ui.Link{{Text: "Inkorg", Href: "/lista", Current: true, Count: 12, Key: "g i"}, {Text: "Alla ärenden", Href: "/lista-tom"}, {Text: "Diarium", Href: "/las"}}

var officer = &ui.User{Name: "Maja Lind", Role: "Handläggare", Home: "/lista", SignOut: "/logga-ut"}

func pages(site *ui.Site) map[string]templ.Component {
	public := func(title, path string) ui.Page {
		return ui.Page{Site: site, Title: title, Path: path, Nav: publicNav, SignIn: "/logga-in"}
	}
	desk := func(title, path string) ui.Page {
		return ui.Page{Site: site, Title: title, Path: path, Nav: deskNav, User: officer, Dense: true, NoIndex: true, Keys: true}
	}
	wrong := ui.Errors{
		{Field: "what", Message: "Välj vad som är fel"}, {Field: "text", Message: "Beskriv felet med högst 200 tecken"},
		{Field: "seen-month", Message: "Månaden måste vara mellan 1 och 12"}, {Field: "mail", Message: "Skriv en e-postadress, till exempel namn@example.org"},
		{Field: "photo", Message: "Filen måste vara PDF, JPG eller PNG"}, {Field: "agree", Message: "Bekräfta att uppgifterna stämmer"},
	}
	faulty := public("Beskriv felet", "/fraga-fel")
	faulty.Errors = wrong
	mapped := public("Var är felet?", "/karta")
	mapped.Map = true
	saved := desk("Trasig gatubelysning på Storgatan", "/arende")
	saved.Notice = &ui.Alert{Tone: ui.Success, Title: "Svaret är skickat", Live: true}
	swedish := public("Så styrs kommunen", "/las")
	swedish.SV = true
	swedish.Crumbs = []ui.Link{{Text: "Start", Href: "/"}, {Text: "Kommun och politik", Href: "/las"}}
	swedish.User = &ui.User{Name: "Kim Ek", For: "Eks Bygg AB", Home: "/uppgifter", SignOut: "/logga-ut"}
	single := public("Vill du ha svar?", "/en-fraga")
	keyed := public("Logga in", "/logga-in")
	return map[string]templ.Component{
		"/": ui.List{Page: public("E-tjänster", "/"), Lead: "Här gör du ditt ärende när det passar dig.", Found: -1,
			Table: ui.Cards{Links: []ui.Link{
				{Text: "Felanmälan", Href: "/fraga", Hint: "Anmäl fel på gator, belysning och lekplatser.", Tag: &ui.Tag{Text: "Utan inloggning", Tone: ui.Success}},
				{Text: "Lämna synpunkt", Href: "/en-fraga", Hint: "Till kommunen, en politiker eller en tjänsteperson."},
				{Text: "Bygglov", Href: "/uppgifter", Hint: "Sök lov och följ ditt ärende.", Tag: &ui.Tag{Text: "E-legitimation", Tone: ui.Info}},
			}}},
		"/las": ui.Read{Page: swedish, Lead: "Fullmäktige bestämmer. Nämnderna gör.", Updated: "20 november 2026", Owner: "Kansliet",
			Side: ui.Links{{Text: "Ledamöter", Href: "/lista", Hint: "47 personer"}, {Text: "Protokoll", Href: "/lista"}}},
		"/fraga":     question(public("Beskriv felet", "/fraga"), nil),
		"/fraga-fel": question(faulty, wrong),
		"/en-fraga": ui.Question{Page: single, TitleIn: true, Caption: "Felanmälan", Back: "/fraga", Form: ui.Form{Action: "/en-fraga"}, SaveLater: "save",
			Fields: []templ.Component{ui.Radios{Field: ui.Field{Name: "reply", Label: "Vill du ha svar?", Heading: true, Hint: "Du kan vara anonym."},
				Options: []ui.Option{{Value: "yes", Label: "Ja, med e-post", Hint: "Vi ber om din adress i nästa steg."}, {Value: "no", Label: "Nej"}, {Value: "?", Label: "Vet inte", Or: true}}}},
			After: ui.Details{Summary: "Varför frågar vi?", Text: "Vi behöver en adress för att kunna svara."}},
		"/granska": ui.Question{Page: public("Granska och skicka", "/granska"), Caption: "Felanmälan", Back: "/en-fraga", Button: "Skicka felanmälan",
			Steps: &ui.Steps{Names: []string{"Vad", "Var", "Svar", "Granska"}, Current: 3}, Form: ui.Form{Action: "/klart", Hidden: []ui.Hidden{{Name: "key", Value: "1"}}},
			Fields: []templ.Component{ui.Summary{Facts: []ui.Fact{
				{Name: "Vad är fel?", Value: "Gatubelysning", Change: "/fraga"}, {Name: "Beskrivning", Value: "Lampan blinkar.\nDen är trasig.", Change: "/fraga"},
				{Name: "Foto", Change: "/fraga"}, {Name: "Plats", Values: []string{"Storgatan 3", "59.99612, 15.81677"}, Change: "/karta", Links: []ui.Link{{Text: "Visa", Href: "/karta"}}}}}}},
		"/uppgifter": ui.Read{Page: public("Sök bygglov", "/uppgifter"), Lead: "Du kan göra delarna i vilken ordning du vill.", Side: ui.Summary{Narrow: true, Facts: []ui.Fact{{Name: "Sparas till", Value: "20 december 2026"}}}},
		"/karta": ui.Question{Page: mapped, Caption: "Felanmälan", Back: "/fraga", Steps: &ui.Steps{Names: []string{"Vad", "Var", "Svar"}, Current: 1, Open: true}, Form: ui.Form{Action: "/karta"},
			Fields: []templ.Component{
				ui.Input{Field: ui.Field{Name: "address", Label: "Adress", Hint: "Gata och nummer.", Optional: true}, Autocomplete: "address-line1"},
				ui.MapField{Field: ui.Field{Name: "place", Label: "Eller peka på kartan", Optional: true}, CentreLat: 59.996, CentreLon: 15.794, Zoom: 14, GeoJSON: "/karta.geojson", Credit: "© Ljusviks kommun"}}},
		"/lista": ui.List{Page: desk("Inkorg", "/lista"), Found: 1204, More: true, Actions: []templ.Component{ui.Button{Text: "Nytt ärende", Href: "/fraga", Key: "n"}},
			Tabs: &ui.Tabs{Label: "Köer", Links: []ui.Link{{Text: "Mina", Href: "/lista", Current: true, Count: 3}, {Text: "Gruppens", Href: "/lista?q=2", Count: 9}, {Text: "Försenade", Href: "/lista?q=3"}}},
			Filter: &ui.Filter{Action: "/lista", Clear: "/lista", Hidden: []ui.Hidden{{Name: "sort", Value: "-date"}}, Chosen: []ui.Link{{Text: "Gata och park", Href: "/lista?type="}},
				Fields: []templ.Component{
					ui.Input{Field: ui.Field{Name: "search", Label: "Sök"}, Type: "search", Key: "/"},
					ui.Select{Field: ui.Field{Name: "type", Label: "Ärendetyp"}, Empty: true, Options: []ui.Option{{Value: "fel", Label: "Felanmälan", Chosen: true}, {Value: "syn", Label: "Synpunkt"}}},
					ui.Checkboxes{Field: ui.Field{Name: "status", Label: "Status"}, Options: []ui.Option{{Value: "new", Label: "Nytt", Chosen: true}, {Value: "wait", Label: "Väntar"}}}}},
			Live: &ui.Live{ID: "inbox", URL: "/stream"}, Table: inbox(), Pager: &ui.Pager{Previous: "/lista?before=1", Next: "/lista?after=2"}},
		"/lista-tom": ui.List{Page: desk("Alla ärenden", "/lista-tom"), Empty: &ui.Empty{Title: "Inget väntar", Text: "Nya ärenden visas här.", Action: ui.Button{Text: "Sök i alla ärenden", Href: "/lista", Variant: ui.Secondary}}},
		"/arende": ui.Case{Page: saved, Number: "KS 2026-1204", Status: ui.Tag{Text: "Handläggs", Tone: ui.Info}, Back: ui.Link{Text: "Till inkorgen", Href: "/lista"}, Live: &ui.Live{ID: "history", URL: "/stream"},
			Actions: []templ.Component{ui.Button{Text: "Svara", Href: "/fraga", Key: "s"}, ui.Post{Button: ui.Button{Text: "Ta ärendet", Variant: ui.Secondary}, To: "/ta", Values: []ui.Hidden{{Name: "version", Value: "3"}}}},
			Tabs:    &ui.Tabs{Label: "Ärendets delar", Links: []ui.Link{{Text: "Händelser", Href: "/arende", Current: true}, {Text: "Handlingar", Href: "/arende?d", Count: 2}}},
			Facts: ui.Summary{Title: "Uppgifter", Narrow: true, Facts: []ui.Fact{{Name: "Ansvarig", Value: "Maja Lind"}, {Name: "Svar senast", Value: "27 november 2026"},
				{Name: "Plats", Value: "Storgatan 3"}, {Name: "Inkom via", Value: "Webb"}}},
			Side: []templ.Component{ui.Alert{Tone: ui.Warning, Title: "Tre dagar kvar"}}},
		"/fel": ui.Message{Page: public("Sidan finns inte", "/fel"), Lead: "Adressen kan vara fel, eller så har sidan flyttat.", Reference: "7F3K-2Q",
			Ways: []ui.Link{{Text: "Sök på webbplatsen", Href: "/"}, {Text: "Till startsidan", Href: "/"}}},
		"/logga-in": ui.Question{Page: keyed, Lead: "Välj hur du loggar in.", Form: ui.Form{Action: "/logga-in"}, Button: "Logga in med kod",
			Fields: []templ.Component{
				ui.Passkey{Text: "Logga in med nyckel", Begin: "/nyckel", Finish: "/nyckel", Refused: "Det gick inte.", Failed: "Vi fick inget svar.", Reasons: []ui.RefusalText{{Code: "unknown", Text: "Nyckeln är okänd."}}},
				ui.Input{Field: ui.Field{Name: "code", Label: "Engångskod"}, Autocomplete: "one-time-code", OneTime: true, NoSpell: true, Width: 12}}},
		"/klart": ui.Message{Page: public("Tack, vi har tagit emot din anmälan", "/klart"), Reference: "KS 2026-1204",
			Body: ui.Alert{Tone: ui.Success, Title: "Det här händer nu", Text: "Vi svarar inom fem arbetsdagar."}},
	}
}

// question is one page with every kind of field, clean or wrong.
func question(p ui.Page, wrong ui.Errors) ui.Question {
	say := func(id string) string {
		for _, e := range wrong {
			if e.Field == id {
				return e.Message
			}
		}
		return ""
	}
	return ui.Question{Page: p, Caption: "Felanmälan", Back: "/", Lead: "Berätta så mycket du kan.", Form: ui.Form{Action: p.Path, Upload: true, Unsaved: true},
		Steps: &ui.Steps{Names: []string{"Vad", "Var", "Svar", "Granska"}},
		Fields: []templ.Component{
			ui.Radios{Field: ui.Field{Name: "what", Label: "Vad är fel?", Error: say("what")}, Inline: true, Options: []ui.Option{{Value: "a", Label: "Belysning"}, {Value: "b", Label: "Gata"}}},
			ui.Textarea{Field: ui.Field{Name: "text", Label: "Beskriv felet", Hint: "Skriv inte personuppgifter.", Error: say("text")}, Max: 200, Value: "Lampan <blinkar>"},
			ui.DateInput{Field: ui.Field{Name: "seen", Label: "När såg du felet?", Hint: "Till exempel 20 11 2026.", Error: say("seen-month"), Optional: true}, Day: "20", Month: "13", Year: "2026", BadMonth: say("seen-month") != ""},
			ui.Input{Field: ui.Field{Name: "mail", Label: "E-postadress", Error: say("mail")}, Type: "email", Autocomplete: "email", Value: "namn@"},
			ui.Input{Field: ui.Field{Name: "tel", Label: "Telefon", Optional: true}, Type: "tel", Autocomplete: "tel", Width: 15},
			ui.Input{Field: ui.Field{Name: "cost", Label: "Kostnad", Optional: true}, Numeric: true, Width: 8, Suffix: "kr"},
			ui.Input{Field: ui.Field{Name: "pnr", Label: "Personnummer"}, ReadOnly: true, Value: "19900131-****", Width: 13, Autocomplete: "off"},
			ui.Checkboxes{Field: ui.Field{Name: "notify", Label: "Hur vill du få besked?"}, Options: []ui.Option{{Value: "mail", Label: "E-post", Chosen: true}, {Value: "sms", Label: "SMS", Hint: "Bara svenska nummer."}}},
			ui.Select{Field: ui.Field{Name: "area", Label: "Område"}, Empty: true, Options: []ui.Option{{Value: "c", Label: "Centrum"}}},
			ui.FileInput{Field: ui.Field{Name: "photo", Label: "Foto", Hint: "JPG, PNG eller PDF, högst 10 MB.", Error: say("photo"), Optional: true}, Accept: "image/jpeg,image/png,application/pdf"},
			ui.Checkbox{Field: ui.Field{Name: "agree", Label: "Uppgifterna stämmer", Error: say("agree")}, Value: "yes"},
		}}
}

func inbox() ui.Table {
	t := ui.Table{Caption: "Ärenden i inkorgen", HideCaption: true, Select: "case", Form: "bulk", Columns: []ui.Column{
		{Title: "Ärende"}, {Title: "Nummer"}, {Title: "Status"}, {Title: "Svar senast", Sort: "/lista?sort=due", Sorted: ui.Ascending}, {Title: "Filer", Number: true, Sort: "/lista?sort=files"}}}
	for i, title := range []string{"Trasig gatubelysning på Storgatan", "Hål i vägen vid Bruksskolan", "Synpunkt om biblioteket", "Klotter på stationen"} {
		due := ui.Cell{Text: "2026-11-27"}
		row := ui.Row{Value: string(rune('1' + i))}
		if i == 0 {
			row.Mark, due = ui.Danger, ui.Cell{Text: "2026-11-18, försenat"}
		}
		row.Cells = []ui.Cell{{Text: title, Href: "/arende"}, {Text: "KS 2026-120" + row.Value}, {Body: ui.Tag{Text: "Nytt", Tone: ui.Accent}}, due, {Text: row.Value}}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// children is what stands inside the pages that take some.
func children(path string) templ.Component {
	switch path {
	case "/arende":
		return ui.Timeline{Title: "Händelser", Entries: []ui.Entry{
			{Title: "Svar till anmälaren", Who: "Maja Lind", When: "20 november 2026 kl. 14.02", Machine: "2026-11-20T14:02:00+01:00", Channel: "E-post", Direction: ui.Outgoing, Text: "Hej!\nVi lagar lampan på måndag.", Attachments: []ui.Link{{Text: "Foto.jpg", Href: "/las", Hint: "1,2 MB"}}},
			{ID: "note", Title: "Anteckning", Who: "Maja Lind", When: "20 november 2026 kl. 13.40", Direction: ui.Internal, Text: "Entreprenören är beställd."},
			{Title: "Ärendet fick en handläggare", Who: "Maja Lind", When: "20 november 2026 kl. 13.30"},
			{Title: "Felanmälan", When: "19 november 2026 kl. 21.15", Channel: "Webb", Direction: ui.Incoming, Text: "Lampan blinkar."}}}
	case "/uppgifter":
		return ui.TaskList{Title: "Delar", Tasks: []ui.Task{{Text: "Dina uppgifter", Href: "/fraga", State: ui.TaskDone}, {Text: "Fastigheten", Href: "/karta", State: ui.TaskStarted, Hint: "Adress eller beteckning."},
			{Text: "Ritningar", Href: "/fraga"}, {Text: "Skicka", State: ui.TaskBlocked}}}
	case "/lista":
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			take := ui.Button{Text: "Ta valda ärenden", Variant: ui.Secondary}
			return ui.Form{ID: "bulk", Action: "/lista"}.Render(templ.WithChildren(ctx, take), w)
		})
	case "/las":
		return templ.Join(ui.Alert{Text: "Nästa sammanträde är den 30 november."}, ui.Details{Summary: "Så läser du ett protokoll", Text: "Börja med besluten.", Open: true})
	}
	return templ.NopComponent
}

// Paths lists the pages of the gallery, without language.
func Paths() []string { return slices.Sorted(maps.Keys(pages(nil))) }

// Gallery serves every component in a believable page, in both languages, for the tests here, for test/browser and for the eye:
//
//	go test ./internal/kernel/ui -run TestGallery -gallery 127.0.0.1:8099 -timeout 0
//
// Without assets the pages have no style and no script.
func Gallery(texts *i18n.Catalogue, assets *ui.Assets) http.Handler {
	all := pages(townHall(assets))
	mux := http.NewServeMux()
	if assets != nil {
		mux.Handle("GET "+ui.AssetsPath, assets)
	}
	mux.HandleFunc("GET /karta.geojson", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/geo+json")
		_, _ = w.Write([]byte(`{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"Storgatan"},"geometry":{"type":"LineString","coordinates":[[15.78,59.99],[15.794,59.996],[15.81,60.0]]}},
{"type":"Feature","properties":{"name":"Torget"},"geometry":{"type":"Polygon","coordinates":[[[15.79,59.996],[15.793,59.996],[15.793,59.998],[15.79,59.998],[15.79,59.996]]]}}]}`))
	})
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		lang, path := i18n.Split(r.URL.Path)
		page, ok := all[path]
		if !ok {
			page = all["/fel"]
		}
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		ctx := i18n.With(r.Context(), texts.For(lang))
		ctx = templ.WithChildren(ctx, children(path))
		if err := ui.Render(w, r.WithContext(ctx), http.StatusOK, page); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	return mux
}
