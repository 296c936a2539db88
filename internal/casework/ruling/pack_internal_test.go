package ruling

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
	"dygnet/internal/kernel/statute"
)

// shipped are the case types of the pack that comes with the program.
func shipped(t *testing.T) []*casetype.CaseType {
	t.Helper()
	p, err := pack.Load(os.DirFS("../../../packs/fagersta"))
	if err != nil || len(p.Broken) > 0 {
		t.Fatal(err, p.Broken)
	}
	return p.CaseTypes
}

// filledIn is a proposal after the official has filled in its blanks.
func filledIn(text string) string {
	for _, b := range casetype.Blanks(text) {
		text = strings.Replace(text, b, "det som står i utredningen", 1)
	}
	return text
}

func TestFL_31_to_33_EveryDecisionOfThePackMakesAWholeDocument(t *testing.T) {
	l := i18ntest.Complete(t, Texts).For(i18n.SV)
	day := on(t, "2026-03-02")
	open := regexp.MustCompile(`[{}\[\]]|<p>\s*</p>|<li>\s*</li>|<dd>\s*</dd>`)
	for _, ct := range shipped(t) {
		for i := range ct.Decisions {
			d := &ct.Decisions[i]
			name := ct.ID + "/" + d.Key
			appealable := d.Appeal.Type != casetype.NoAppeal
			for _, lang := range i18n.Languages() {
				if d.Wording.Text.In(lang) == "" || appealable && (d.Wording.Opening.In(lang) == "" && d.Key != "anstalld" && ct.ID != "tyck-till" || d.Appeal.To.In(lang) == "") {
					t.Errorf("%s lacks wording or appeal.to in %s", name, lang)
				}
			}
			const number, subject = "MBN 2026-000017", "Ett ärende"
			// A party whose data are protected is not named, so that no text may lean on a name.
			say := func(x i18n.Text) string { return filledIn(fill(x.In(i18n.SV), number, subject, "", day.String())) }
			r := &Record{Number: number, Title: d.Title.In(i18n.SV), Outcome: d.Outcome, Day: day,
				Words:  Words{Text: say(d.Wording.Text), Reasons: say(d.Wording.Reasons), Deciders: []string{"Anna Ek"}},
				Appeal: Appealing{Type: d.Appeal.Type, Within: d.Appeal.Within, Text: d.Appeal.Text.In(i18n.SV), Court: d.Appeal.To.In(i18n.SV)}}
			for _, law := range ct.LegalBasis {
				r.Words.Grounds = append(r.Words.Grounds, GroundOf(law))
			}
			if d.Delegation != nil {
				r.Delegation = d.Delegation.Ref
			}
			if lacks := Demand(r.Words, d.Outcome, false); appealable && len(lacks) > 0 {
				t.Errorf("%s: what is proposed lacks %v", name, lacks)
			}
			raw, err := compose(l, r, about{Sender: "Kommunen", Subject: subject, Opening: say(d.Wording.Opening), Closing: say(d.Wording.Closing)}).html()
			if err != nil {
				t.Fatal(err)
			}
			html := string(raw)
			if found := open.FindString(html); found != "" {
				t.Errorf("%s leaves %q open:\n%s", name, found, html)
			}
			headings := []string{l.T("ruling.doc.decision"), l.T("ruling.doc.grounds"), l.T("ruling.doc.deciders"), l.T("ruling.doc.appeal")}
			if NeedsReasons(d.Outcome, false) && appealable {
				headings = append(headings, l.T("ruling.doc.reasons"))
			}
			for _, h := range headings {
				if !strings.Contains(html, "<h2>"+h+"</h2>") {
					t.Errorf("%s has no part %q", name, h)
				}
			}
			// FL 33 § second paragraph: where the appeal is given in and within what time.
			if text := d.Appeal.Text.In(i18n.SV); appealable && !strings.Contains(text, "inom tre veckor") {
				t.Errorf("%s does not say within what time: %s", name, text)
			}
			if to := d.Appeal.To.In(i18n.SV); appealable && ct.ID != "overklagande" && !strings.Contains(strings.ToLower(d.Appeal.Text.In(i18n.SV)), strings.ToLower(stem(to))) {
				t.Errorf("%s is examined by %q, and its text says %q", name, to, d.Appeal.Text.In(i18n.SV))
			}
		}
	}
}

// stem is a name without the ending that its place in a sentence changes.
func stem(name string) string { return strings.Fields(name)[0][:len(strings.Fields(name)[0])-1] }

// The courts and authorities. What is not here goes to the administrative court (FL 40 §); all that is tried under KL 13 kap. does (KL 13
// kap. 1 §). Of miljöbalken, trafikförordningen and miljösanktionsavgifter the data folder holds no text: from general knowledge.
func TestEveryAppealGoesToWhomTheLawSays(t *testing.T) {
	const board, court, chamber, school, land = "Länsstyrelsen i Västmanlands län", "Förvaltningsrätten i Uppsala", "Kammarrätten i Stockholm", "Skolväsendets överklagandenämnd", "Mark- och miljödomstolen vid Nacka tingsrätt"
	of := map[string]string{
		"bygglov": board, "attefall": board, "eldstad": board, // PBL 13 kap. 3 §
		"enskilt-avlopp": board, "avfallsabonnemang": board, "koldmedierapport": board, // miljöbalken 19 kap. 1 §
		"koldmedierapport/sanktionsavgift": land,
		"parkeringstillstand":              board,
		"begaran-allman-handling":          chamber, // OSL 6 kap. 8 §
		"skolval/svarigheter":              school,  // skollagen 28 kap. 12 § 6
		"overklagande":                     "Den domstol eller länsstyrelse som prövar överklagandet",
		"ekonomiskt-bistand":               court, // SoL 35 kap. 1 § 1
		"trygghetslarm":                    court, // SoL 35 kap. 1 § 1
		"inkomstuppgift":                   court, // SoL 35 kap. 1 § 9
		"skolskjuts":                       court, // skollagen 28 kap. 5 § 5
		"serveringstillstand":              court, // alkohollagen 10 kap. 1 §
		"tyck-till":                        court, // lag 2018:1937 20 §
	}
	seen := map[string]bool{}
	for _, ct := range shipped(t) {
		for _, d := range ct.Decisions {
			want := court
			for _, key := range []string{ct.ID, ct.ID + "/" + d.Key} {
				if to, ok := of[key]; ok && d.Appeal.Type == casetype.Administrative {
					want, seen[key] = to, true
				}
			}
			if d.Appeal.Type == casetype.NoAppeal {
				want = ""
			}
			if got := d.Appeal.To.In(i18n.SV); got != want {
				t.Errorf("%s/%s is examined by %q, want %q", ct.ID, d.Key, got, want)
			}
		}
	}
	if len(seen) != len(of) {
		t.Errorf("of %d rows %d are used: %v", len(of), len(seen), seen)
	}
}

// provisions are the §§ of a text, as "2017:900 20"; a chapter by itself as "2010:900 9:".
func provisions(text string, day calendar.Date) []string {
	var out []string
	for _, c := range statute.Standard().Find(text, day) {
		if c.SFS == "" { // an act of the EU, which has articles
			continue
		}
		if len(c.Sections) == 0 {
			out = append(out, c.SFS+" "+c.Chapter+":")
		}
		for _, s := range c.Sections {
			out = append(out, c.SFS+" "+c.Chapter+":"+s.From)
			from, err := strconv.Atoi(s.From)
			to, toErr := strconv.Atoi(s.To)
			for n := from + 1; err == nil && toErr == nil && n <= to; n++ {
				out = append(out, c.SFS+" "+c.Chapter+":"+strconv.Itoa(n))
			}
		}
	}
	return out
}

// A wording cites nothing but what the case type says it builds on, and a few rules of how any authority decides, read in the statutes.
func TestAWordingOfThePackCitesOnlyLawOfItsCaseType(t *testing.T) {
	day := on(t, "2026-03-02")
	cited := 0
	for _, ct := range shipped(t) {
		known := map[string]bool{"2017:900 :20": true, "2017:725 13:": true, "2018:1937 :12": true, "2018:1937 :15": true}
		for _, law := range ct.LegalBasis {
			place := ""
			known[law.SFS+" :"] = true
			if law.Chapter != "" {
				place = law.Chapter + " kap. "
				known[law.SFS+" "+law.Chapter+":"] = true
			}
			if law.Section != "" {
				place += law.Section + " §§ "
			}
			for _, p := range provisions(place+"lagen ("+law.SFS+")", day) {
				known[p] = true
			}
		}
		for _, d := range ct.Decisions {
			for _, text := range []i18n.Text{d.Wording.Opening, d.Wording.Text, d.Wording.Reasons, d.Wording.Closing} {
				for _, p := range provisions(text.In(i18n.SV), day) {
					if cited++; !known[p] {
						t.Errorf("%s/%s cites %s, which its legal basis does not have: %s", ct.ID, d.Key, p, text.In(i18n.SV))
					}
				}
			}
		}
	}
	if cited < 40 {
		t.Errorf("only %d citations were recognised", cited)
	}
}
