package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// walkers are all who go through the house, each as a persona; "" is nobody.
func walkers() []string {
	return append(slices.Clone(personas), "annan-invanare", "bygghandlaggare", "byggchef", "byggkollega", "gatuchef", "va", "mbn-sekreterare", "arkivarie")
}

func newHunt(t *testing.T, log *said, flags map[string]string) *hunt {
	t.Helper()
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	staff := []pack.Persona{{Key: "annan-invanare", Resident: "r003"}}
	for key, person := range map[string]string{"bygghandlaggare": "elin-gard", "byggchef": "david-rask", "byggkollega": "anja-lindell", "gatuchef": "rolf-dahlin", "va": "mikael-brunn", "mbn-sekreterare": "jonas-mork", "arkivarie": "nils-ahlgren"} {
		staff = append(staff, pack.Persona{Key: key, Person: person, Title: i18n.Text{i18n.SV: key, i18n.EN: key}, Description: i18n.Text{i18n.SV: key, i18n.EN: key}})
	}
	return &hunt{house: newHouseWith(t, log, flags, staff...), days: days, words: map[string]planted{}}
}

// marked finds the marked words of a text.
var marked = regexp.MustCompile(`zq[b-p]{12}qz`)

// links are addresses on a page.
var links = regexp.MustCompile(`(?:href|action|src)="([^"]*)"`)

// wordsIn are the marked words, and what cannot be one, that stand in a text.
func (h *hunt) wordsIn(text string) []string {
	text = strings.ToLower(text)
	out := marked.FindAllString(text, -1)
	text = bare.Replace(strings.ReplaceAll(text, "\u00a0", ""))
	for w := range h.words {
		if !strings.HasPrefix(w, "zq") && strings.Contains(text, w) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// column reads a column of text.
func (h *hunt) column(t *testing.T, query string, args ...any) []string {
	t.Helper()
	out, err := store.All(t.Context(), h.db, func(r *store.Rows) (string, error) { var s string; return s, r.Scan(&s) }, query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// numbered are "1" to the number of something.
func (h *hunt) numbered(t *testing.T, query, id string) []string {
	t.Helper()
	var n int
	if err := h.db.QueryRow(t.Context(), query, id).Scan(&n); err != nil {
		t.Fatal(err)
	}
	var out []string
	for i := range n + 1 {
		out = append(out, strconv.Itoa(i+1))
	}
	return out
}

// pool is what may stand in the place of a parameter of an address, for a case.
func (h *hunt) pool(t *testing.T, path, param, id string) []string {
	t.Helper()
	c, err := h.cases.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	number := strings.NewReplacer(" ", "-", "/", "-").Replace(c.Number)
	under := func(prefix string) bool { return strings.HasPrefix(path, prefix) }
	switch param {
	case "id":
		switch {
		case under("/arbete/diarium/"):
			return h.column(t, `SELECT id FROM register_entry WHERE case_id = $1`, id)
		case under("/arbete/utlamnande/"):
			return []string{h.asked}
		case under("/arbete/beslut/"):
			var out []string
			list, err := h.ruling.Of(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				for _, a := range r.Appeals {
					out = append(out, a.ID)
				}
			}
			return out
		case under("/arbete/listor/"):
			return h.lists
		case under("/anslagstavla/"), under("/arbete/anslagstavla/"):
			return h.column(t, `SELECT id FROM notice WHERE case_id = $1`, id)
		case under("/mina-sidor/utkast/"):
			return h.column(t, `SELECT id FROM draft`)
		}
		return []string{id}
	case "number":
		return []string{number}
	case "file":
		if under("/kvitto/") {
			return []string{number + ".json"}
		}
		return []string{"genomstromning.csv", "manader.csv", "kanaler.csv", "tjanster.csv", "statistik.csv"}
	case "n":
		switch {
		case under("/arbete/remisser/"):
			return []string{"1", "2", "3"}
		case under("/arbete/beslut/"):
			return []string{"0", "1", "2", "3", "4"}
		}
		return h.numbered(t, `SELECT count(*) FROM case_document WHERE case_id = $1`, id)
	case "decision":
		return h.column(t, `SELECT id FROM case_decision WHERE case_id = $1`, id)
	case "remiss":
		return h.column(t, `SELECT id FROM remiss WHERE case_id = $1`, id)
	case "round":
		return h.column(t, `SELECT id FROM approval WHERE case_id = $1`, id)
	case "task":
		return h.column(t, `SELECT id FROM task WHERE case_id = $1`, id)
	case "relation":
		return h.column(t, `SELECT id FROM tie_relation WHERE from_case = $1 OR to_case = $1`, id)
	case "item":
		return h.column(t, `SELECT id FROM disclosure_item WHERE source = $1`, id)
	case "key":
		return h.batches
	case "token":
		return append([]string{"finns-inte"}, h.tokens...)
	case "type":
		return []string{c.TypeID}
	case "step":
		return []string{"vad", "slag"}
	case "layer":
		return []string{"bas.geojson"}
	case "kind":
		return []string{"delegation", "kungorelse"}
	case "provider":
		return []string{"personal"}
	}
	return []string{"finns-inte"} // links and references are secrets of those who got them
}

var parameter = regexp.MustCompile(`\{([a-z]+)\}`)

// addresses are a pattern with all that can stand in it for a case.
func (h *hunt) addresses(t *testing.T, pattern, id string) []string {
	t.Helper()
	out := []string{strings.ReplaceAll(pattern, "{$}", "")}
	for _, m := range parameter.FindAllStringSubmatch(pattern, -1) {
		var next []string
		for _, value := range h.pool(t, pattern, m[1], id) {
			for _, a := range out {
				next = append(next, strings.Replace(a, m[0], value, 1))
			}
		}
		out = next
	}
	return out
}

// asking are addresses with questions in them, that a case is asked for by.
func (h *hunt) asking(t *testing.T, x hidden) []string {
	t.Helper()
	var out []string
	for _, id := range x.ids() {
		c, err := h.cases.Case(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		nr := url.QueryEscape(c.Number)
		out = append(out, "/arbete/arende?nr="+nr, "/arbete/diarium?nr="+nr, "/arbete/logg?objekt=case:"+id, "/arbete/strom?amne=case:"+id, "/folj?nr="+nr,
			"/arbete/arenden/"+h.open+"/sla-ihop?nr="+nr, "/arbete/arenden/"+h.open+"/koppla?nr="+nr, "/arbete/utlamnande/"+h.asked+"?nr="+nr, "/arbete/utlamnande/ny?nr="+nr)
		for _, row := range h.column(t, `SELECT id FROM register_entry WHERE case_id = $1`, id) {
			out = append(out, "/begar-handling?rad="+row)
		}
	}
	return out
}

// everywhere are addresses that are of no case, and lists with the questions that bring up the most.
func everywhere() []string {
	out := []string{"/healthz", "/readyz", "/robots.txt", "/sitemap.xml", "/arbete/arenden/", "/arbete/statistik?typ=serveringstillstand", "/arbete/statistik?enhet=miljo-bygg", "/arbete/klockan?visa=alla", "/arbete/delegationsbeslut?organ=MBN",
		"/arbete/delegationsbeslut/lista.csv?organ=MBN", "/arbete/anslagstavla?organ=MBN", "/arbete/gallring?organ=MBN", "/arbete/gallring/stopp?organ=MBN", "/arbete/gallring/att-gora?organ=MBN", "/arbete/gallring/plan?organ=MBN",
		"/arbete/gallring/stopp?organ=NVK", "/arbete/tjanster/serveringstillstand", "/arbete/inkorg?kolumner=arende,mening,part,plats,enhet,status,inkom,handlaggare,sekretess"}
	for _, queue := range []string{"mina", "otilldelade", "oppna", "forsenade", "alla", "till-mig"} {
		out = append(out, "/arbete/inkorg?antal=200&ko="+queue)
	}
	for _, view := range []string{"mina", "enhet", "skickade", "remisser", "godkannanden", "klara"} {
		out = append(out, "/arbete/uppgifter?vy="+view)
	}
	return out
}

// patient asks, and waits when it is told to.
func (h *hunt) patient(t *testing.T, cookie, method, path string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	w := h.ask(t, cookie, method, path, form)
	if w.Code == http.StatusTooManyRequests {
		h.clock.(*demoClock).back.Add(-int64(10 * time.Minute))
		w = h.ask(t, cookie, method, path, form)
	}
	if w.Code >= http.StatusInternalServerError || w.Code == http.StatusTooManyRequests {
		t.Errorf("%s %s answers %d", method, path, w.Code)
	}
	return w
}

// sight is what the walkers met: of each word who, and where first.
type sight map[string]map[string]string

func (s sight) add(words []string, walker, where string) {
	for _, w := range words {
		if s[w] == nil {
			s[w] = map[string]string{}
		}
		if s[w][walker] == "" {
			s[w][walker] = where
		}
	}
}

// walk goes everywhere as somebody and notes the marked words of each answer.
func (h *hunt) walk(t *testing.T, patterns []string, walker string, seen sight) (asked int) {
	t.Helper()
	cookie := h.as(t, walker)
	get := func(path string) {
		asked++
		w := h.patient(t, cookie, http.MethodGet, path, nil)
		found := h.wordsIn(fmt.Sprint(w.Header()) + w.Body.String())
		if path == "/demo/brevlada" { // the demo's one mailbox is everybody's: it shows to whom a letter goes
			found = slices.DeleteFunc(found, func(word string) bool {
				return strings.HasSuffix(h.words[word].field, ": e-mail") || strings.Contains(h.words[word].field, "e-mail of one outside")
			})
		}
		seen.add(found, walker, "GET "+path)
		for _, link := range links.FindAllStringSubmatch(w.Body.String(), -1) {
			for _, word := range h.wordsIn(link[1]) {
				if !strings.HasSuffix(h.words[word].field, "words of a list") && !strings.HasPrefix(link[1], "mailto:") && !strings.HasPrefix(link[1], "tel:") {
					t.Errorf("an address on %s says the %s: %s", path, h.words[word].field, link[1])
				}
			}
		}
		if kind := w.Header().Get("Content-Type"); w.Code == http.StatusOK && (strings.HasPrefix(kind, "application/pdf") || strings.HasPrefix(kind, "image/")) {
			for _, x := range h.matters {
				if !slices.Contains(x.readers, walker) && slices.ContainsFunc(x.ids(), func(id string) bool { return strings.Contains(path, id) }) {
					t.Errorf("%q gets a paper of the %s case at %s", walker, x.name, path)
				}
			}
		}
	}
	done := map[string]bool{}
	once := func(path string) {
		if !done[path] {
			done[path] = true
			get(path)
		}
	}
	for _, path := range everywhere() {
		once(path)
	}
	for _, pattern := range patterns {
		path, ok := strings.CutPrefix(pattern, "GET ")
		if !ok {
			continue
		}
		for _, id := range []string{h.open, h.asked} {
			for _, a := range h.addresses(t, path, id) {
				once(a)
			}
		}
		for _, x := range h.matters {
			for _, id := range x.ids() {
				for _, a := range h.addresses(t, path, id) {
					once(a)
				}
			}
		}
	}
	for _, x := range h.matters {
		for _, a := range h.asking(t, x) {
			once(a)
		}
	}
	h.search(t, walker, cookie)
	h.press(t, walker, cookie, seen)
	h.resume(t, walker, cookie, seen)
	return asked
}

// search looks for each word, as if somebody had guessed it: whoever may not read it does not learn in which case it stands.
func (h *hunt) search(t *testing.T, walker, cookie string) {
	t.Helper()
	for word, p := range h.words {
		if slices.Contains(p.readers, walker) {
			continue
		}
		paths := []string{"/sok?q=", "/lag?q="}
		if walker != "" && !strings.Contains(walker, "invanare") {
			paths = append(paths, "/arbete/sok?q=", "/arbete/inkorg?ko=alla&ord=", "/arbete/inkorg?ko=alla&plats=")
		}
		for _, path := range paths {
			body := h.patient(t, cookie, http.MethodGet, path+url.QueryEscape(word), nil).Body.String()
			for _, x := range h.matters {
				if strings.HasPrefix(p.field, x.name+":") && slices.ContainsFunc(x.ids(), func(id string) bool { return strings.Contains(body, id) }) {
					t.Errorf("%q finds the %s case by its %s at %s", walker, x.name, p.field, path)
				}
			}
			for _, w := range h.wordsIn(body) {
				if w != word && !slices.Contains(h.words[w].readers, walker) {
					t.Errorf("%q finds %s by looking for %s at %s", walker, h.words[w].field, p.field, path)
				}
			}
		}
	}
}

// press sends the forms by which one case is brought together with others, and those that look for somebody.
func (h *hunt) press(t *testing.T, walker, cookie string, seen sight) {
	t.Helper()
	for _, x := range h.matters {
		if slices.Contains(x.readers, walker) {
			continue
		}
		for _, id := range x.ids() {
			c, err := h.cases.Case(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			chosen := url.Values{"ta": {id + "." + strconv.Itoa(c.Version)}, "gor": {"write"}, "text": {"Hej {part}"}, "skal": {"Ett skäl"}}
			for path, form := range map[string]url.Values{
				"/arbete/inkorg/part": {"nummer": {map[string]string{"r002": "19540205-9975", "r050": "19530101-9906"}[x.resident]}},
				"/arbete/inkorg/ta":   chosen, "/arbete/urval": chosen, "/arbete/urval/gor": chosen,
				"/folj":                                     {"nummer": {c.Number}, "kod": {"AAAA-AAAA-AAAA"}},
				"/arbete/arenden/" + h.open + "/koppla":     {"nr": {c.Number}, "slag": {"concerns_same"}, "skal": {"Ett skäl"}},
				"/arbete/arenden/" + h.open + "/sla-ihop":   {"nr": {c.Number}, "skal": {"Ett skäl"}},
				"/arbete/utlamnande/" + h.asked + "/valj":   {"nr": {c.Number}, "val": {id + ".document.1"}},
				"/arbete/arenden/" + id + "/anteckning":     {"text": {"Ett ord"}, "version": {strconv.Itoa(c.Version)}},
				"/arbete/arenden/" + id + "/status":         {"status": {"avslutad"}, "text": {"x"}, "version": {"1"}},
				"/arbete/arenden/" + id + "/lamna-tillbaka": {"version": {"1"}},
			} {
				w := h.patient(t, cookie, http.MethodPost, path, form)
				found := h.wordsIn(fmt.Sprint(w.Header()) + w.Body.String())
				typed := h.wordsIn(fmt.Sprint(form))
				seen.add(slices.DeleteFunc(found, func(word string) bool { return slices.Contains(typed, word) }), walker, "POST "+path)
			}
		}
	}
}

// resume goes on with everybody's forms under way, which only whose they are can.
func (h *hunt) resume(t *testing.T, walker, cookie string, seen sight) {
	t.Helper()
	for _, id := range h.column(t, `SELECT id FROM draft`) {
		w := h.patient(t, cookie, http.MethodPost, "/mina-sidor/utkast/"+id+"/fortsatt", url.Values{})
		to := w.Header().Get("Location")
		jar := cookie
		for _, c := range w.Result().Cookies() {
			jar += "; " + c.Name + "=" + c.Value
		}
		if w.Code == http.StatusSeeOther && strings.HasPrefix(to, "/e-tjanster/") {
			for _, path := range []string{to, "/e-tjanster/synpunkt/granska", "/e-tjanster/synpunkt/allt", "/e-tjanster/synpunkt/synpunkt", "/e-tjanster/synpunkt/vad"} {
				seen.add(h.wordsIn(h.patient(t, jar, http.MethodGet, path, nil).Body.String()), walker, "GET "+path)
			}
		}
	}
}

// Marked words stand in every field of cases that are marked, secret, or of somebody with protected data, in every room. Nobody who may not
// know of a word meets it: on no page and in no search, file, feed, figure, letter, log or leaf of the journal. Each is met by somebody who may.
func TestP_S_NoSecretFieldReachesAnybodyWhoMayNotKnowOfIt(t *testing.T) {
	few := []string{"", "annan-invanare", "kontaktcenter", "registrator", "bygghandlaggare", "byggchef", "gatuchef", "va", "arkivarie", "skyddad-invanare", "invanare", "revisor"}
	t.Run("sqlite", func(t *testing.T) {
		list, log := walkers(), &said{}
		if testing.Short() {
			list = few
		}
		newHunt(t, log, nil).run(t, log, list)
	})
	t.Run("postgres", func(t *testing.T) {
		log := &said{}
		newHunt(t, log, map[string]string{"database": storetest.PostgresURL(t)}).run(t, log, few)
	})
}

func (h *hunt) run(t *testing.T, log *said, list []string) {
	undone := []string{": why cases are merged", ": why they are taken apart"} // stands in the journal alone: the cases have nothing to do with each other then
	h.sow(t)
	h.settle(t)
	h.stored(t, log)
	seen, patterns := sight{}, h.patterns(t)
	asked := 0
	for _, walker := range list {
		asked += h.walk(t, patterns, walker, seen)
	}
	for word, p := range h.words {
		for walker, where := range seen[word] {
			if !slices.Contains(p.readers, walker) {
				t.Errorf("LEAK: %q meets %s (%s) at %s", walker, p.field, word, where)
			}
		}
		if len(seen[word]) == 0 && !strings.Contains(p.field, registerSays) && !slices.ContainsFunc(undone, func(what string) bool { return strings.HasSuffix(p.field, what) }) {
			t.Errorf("nobody meets %s: it was never planted, or is shown nowhere", p.field)
		}
	}
	for _, w := range h.wordsIn(log.String()) {
		t.Errorf("the log of those who walked says the %s", h.words[w].field)
	}
	t.Logf("%d words, %d walkers, %d addresses", len(h.words), len(list), asked)
}
