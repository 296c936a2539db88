package statistics_test

import (
	"encoding/csv"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/measure"
	"dygnet/internal/casework/office"
	"dygnet/internal/casework/office/officetest"
	"dygnet/internal/casework/statistics"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

func TestTextsAreCompleteAndUsed(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, statistics.Texts), ".", "statistics.")
}

// room is the page over a small town.
type room struct {
	*casestest.World
	measure *measure.Service
	url     string
}

type types struct{ w *casestest.World }

func (t types) Version(string, int) (*casetype.CaseType, bool) { return t.w.Lamp, true }
func (t types) Open(calendar.Date) []*casetype.CaseType        { return []*casetype.CaseType{t.w.Lamp} }
func (t types) Current(id string, _ calendar.Date) (*casetype.CaseType, bool) {
	return t.w.Lamp, id == t.w.Lamp.ID
}

func open(t *testing.T, db *store.DB) *room {
	t.Helper()
	r := &room{World: casestest.New(t, db)}
	days, err := calendar.NewCalendar(calendar.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	r.measure = measure.New(measure.Config{DB: db, Journal: r.Log, Clock: r.Clock, Days: days, Types: types{r.World}, Log: slog.New(slog.DiscardHandler), Targets: measure.DefaultTargets()})
	assets, err := ui.NewAssets(ui.Theme{})
	if err != nil {
		t.Skipf("the assets are not built: %v", err)
	}
	site := &ui.Site{Name: i18n.Text{i18n.SV: "Kommunen", i18n.EN: "The town"}, Assets: assets}
	door := officetest.Door(r.Org, r.Clock, site)
	mux := http.NewServeMux()
	(&statistics.Module{Office: door, Figures: r.measure, Types: types{r.World}}).Routes(mux)
	texts := i18ntest.Complete(t, statistics.Texts, office.Texts, ui.Texts, web.Texts, access.Texts)
	server := httptest.NewServer(web.Chain(web.Routes(mux), web.Language(texts),
		web.Frame(web.FrameOptions{Log: slog.New(slog.DiscardHandler), Clock: r.Clock, Page: func(*http.Request) ui.Page { return ui.Page{Site: site} }}),
		func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				key := req.Header.Get("Test-Person")
				if key == "" {
					next.ServeHTTP(w, req)
					return
				}
				p := &identity.Principal{PersonID: r.IDs[key], Kind: identity.Staff, Name: key, LoA: identity.LoASubstantial}
				next.ServeHTTP(w, req.WithContext(identity.With(req.Context(), p)))
			})
		}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *room) get(t *testing.T, person, path string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Test-Person", person)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestS2_M2_2_StatisticsAreShownToThoseOfTheUnitAndAsCSV(t *testing.T) {
	storetest.Each(t, append(casestest.Rooms(), fs.FS(measure.Migrations)), func(t *testing.T, db *store.DB) {
		r := open(t, db)
		for i := range 12 {
			a := r.HandIn(t, casestest.Broken())
			if i >= 8 {
				continue
			}
			on := cases.On{Case: a.CaseID}
			if _, err := r.Claim(t.Context(), r.As("anna"), on); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Decide(t.Context(), r.As("anna"), on, cases.Ruling{Key: "lagad", Text: "Lagad.", To: "avslutad"}); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.measure.Build(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		for lang, words := range map[string][]string{"": {"Statistik", "Per ärendetyp", "0 arbetsdagar", "100 %"}, "/en": {"Statistics", "By case type", "0 working days"}} {
			code, body := r.get(t, "anna", lang+statistics.Path)
			if code != http.StatusOK {
				t.Fatalf("%s: %d", lang, code)
			}
			for _, w := range words {
				if !strings.Contains(body, w) {
					t.Errorf("the page in %q does not say %q", lang, w)
				}
			}
		}
		month := calendar.DateOf(r.Clock.Now()).String()[:7]
		code, body := r.get(t, "anna", statistics.Path+"/typer.csv?fran="+month+"&till="+month)
		rows, err := func() ([][]string, error) {
			c := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
			c.Comma = ';'
			return c.ReadAll()
		}()
		if code != http.StatusOK || err != nil || len(rows) != 2 || rows[1][1] != "12" || rows[1][2] != "8" || rows[1][5] != "8" {
			t.Errorf("typer.csv: %d %v %q", code, err, rows)
		}
		if code, body := r.get(t, "anna", statistics.Path+"?fran=2026-13"); code != http.StatusUnprocessableEntity || !strings.Contains(body, "2026-13") {
			t.Errorf("a month that does not exist: %d", code)
		}
		if code, body := r.get(t, "anna", statistics.Path+"?enhet=kansli"); code != http.StatusOK || !strings.Contains(body, "Inga ärenden") {
			t.Errorf("a unit of others: %d", code)
		}
		if code, body := r.get(t, "kim", statistics.Path); code == http.StatusOK && strings.Contains(body, ">12<") {
			t.Error("an officer of another unit sees the figures of this one")
		}
		for _, path := range []string{"", "/typer.csv"} {
			if code, _ := r.get(t, "inv", statistics.Path+path); code != http.StatusForbidden {
				t.Errorf("somebody without a role gets %d at %s", code, path)
			}
		}
	})
}

var _ statistics.Figures = (*measure.Service)(nil)
