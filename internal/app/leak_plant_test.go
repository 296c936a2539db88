package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/deadline"
	"dygnet/internal/casework/disclosure"
	"dygnet/internal/casework/drafts"
	"dygnet/internal/casework/notice"
	"dygnet/internal/casework/roster"
	"dygnet/internal/casework/ruling"
	"dygnet/internal/casework/task"
	"dygnet/internal/casework/tie"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/documents"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// planted is a marked word: where it was written, and who may meet it.
type planted struct {
	field   string
	readers []string
}

// hunt is a house with marked words in it.
type hunt struct {
	*house
	days    *calendar.Calendar
	words   map[string]planted
	matters []hidden
	open    string   // a case of the same unit that is open to all who may read cases there
	asked   string   // a request for a document of a hidden case, open
	links   []string // to remisser outside
	tokens  []string // of those who follow a report
	lists   []string // saved ones
	batches []string
}

// hidden is a case of which not everybody may know.
type hidden struct {
	name string
	resident,
	persona string
	readers []string
	id      string
	beside  []string // cases made of it
}

func (x hidden) ids() []string { return append([]string{x.id}, x.beside...) }

// word gives the marked word of a field, the same in each run, and notes who may meet it.
func (h *hunt) word(x hidden, field string, more ...string) string {
	sum := sha256.Sum256([]byte(x.name + " " + field))
	var b strings.Builder
	b.WriteString("zq")
	for _, c := range sum[:12] {
		b.WriteByte('b' + c%15) // neither q nor z
	}
	b.WriteString("qz")
	h.words[b.String()] = planted{x.name + ": " + field, append(slices.Clone(x.readers), more...)}
	return b.String()
}

// literal notes something that cannot be a marked word.
func (h *hunt) literal(x hidden, text, field string, more ...string) string {
	h.words[bare.Replace(strings.ToLower(text))] = planted{x.name + ": " + field, append(slices.Clone(x.readers), more...)}
	return text
}

func (h *hunt) must(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// file is a file whose name and content are marked.
func (h *hunt) file(t *testing.T, x hidden, field string, more ...string) cases.Document {
	t.Helper()
	staged := h.staged(t, h.word(x, field+", name", more...)+".txt", h.word(x, field+", content", more...)+" står i filen")
	h.must(t, field, h.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return h.vault.Insert(ctx, tx, staged) }))
	return cases.Document{Document: staged.ID, Name: staged.Name, Mime: staged.MIME, Size: staged.Size, SHA256: staged.SHA256}
}

func (h *hunt) staged(t *testing.T, name, content string) *documents.Staged {
	t.Helper()
	staged, err := h.vault.Stage(t.Context(), bytes.NewReader([]byte(content)), documents.Meta{Name: name, Limits: documents.Limits{MaxBytes: 1000, Types: []string{documents.Text}}})
	h.must(t, name, err)
	return staged
}

func (h *hunt) today() calendar.Date { return calendar.DateOf(h.clock.Now()) }

// appoint gives a person a role for this test.
func (h *hunt) appoint(t *testing.T, person, role string, at bodies.Place) {
	t.Helper()
	_, err := h.bodies.Appoint(t.Context(), bodies.By{Person: journal.System}, bodies.Mandate{Person: h.person(t, person), Role: role, Place: at, From: h.today()})
	h.must(t, person, err)
}

// licence are the answers of an application for a licence to serve alcohol, which has most of what a case type can have. say gives the words.
func licence(party calendar.Date, number, born string, say func(field string) string, phone string) casetype.Answers {
	return casetype.Answers{
		"tillstand": {"tillfalligt-allmanhet"}, "bara_folkol": {"no"}, "stalle": {say("subject")}, "plats.text": {say("place")}, "utomhus": {"yes"},
		"gaster": {"400"}, "mat": {say("answer")}, "drycker": {"starkol"}, "fran": {party.String()}, "till": {party.AddDays(1).String()}, "borjar": {"14.00"}, "slutar": {"23.00"}, "form": {"enskild"},
		"innehavare.name": {say("party's name")}, "innehavare.number": {number}, "innehavare.street": {say("street")}, "innehavare.postcode": {"737 30"}, "innehavare.town": {say("town")},
		"innehavare.email": {say("e-mail") + "@example.org"}, "innehavare.phone": {phone}, "ansvariga.1.namn": {say("name in a table")}, "ansvariga.1.fodd": {born}, "ansvariga.1.telefon": {phone},
		"planritning": {"plan-1"}, "lokal": {"avtal-1"},
	}
}

// submit hands in a matter with files.
func (h *hunt) submit(t *testing.T, typ, resident string, answers casetype.Answers, files ...cases.Document) string {
	t.Helper()
	list := h.types.Open(h.today())
	i := slices.IndexFunc(list, func(ct *casetype.CaseType) bool { return ct.ID == typ })
	if i < 0 {
		t.Fatalf("%s takes in no matters", typ)
	}
	ct := list[i].At(casetype.Moment{Today: h.today(), SignedIn: true})
	for _, step := range ct.Form.Steps {
		for _, q := range step.Questions {
			if q.Key == "kommun" { // which ones there are to choose between, the pack knows
				answers[q.Key] = []string{q.Options[0].Value}
			}
		}
	}
	clean, faults := ct.Validate(answers)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	a, err := h.cases.Submit(t.Context(), cases.Submission{Key: store.NewID(), Type: ct, Answers: clean, Channel: "web", Lang: i18n.SV, Person: h.person(t, resident), Files: files})
	h.must(t, typ, err)
	return a.CaseID
}

// plant hands in a licence and lets every room write in it.
func (h *hunt) plant(t *testing.T, x *hidden, degree cases.Secrecy, number, born, phone string) {
	ctx := t.Context()
	say := func(field string) string { return h.word(*x, field) }
	x.id = h.submit(t, "serveringstillstand", x.resident, licence(h.today().AddDays(90), number, born, say, phone), h.file(t, *x, "file handed in"), h.file(t, *x, "file that is marked"))
	id, on := x.id, cases.On{Case: x.id}
	citizen, officer, head, registrar := cases.Citizen{Person: h.person(t, x.resident)}, h.official(t, "elin-gard"), h.official(t, "david-rask"), h.official(t, "per-ostberg")
	do := func(what string, err error) { t.Helper(); h.must(t, x.name+": "+what, err) }
	do1 := func(what string) func(any, error) { return func(_ any, err error) { t.Helper(); do(what, err) } }

	// The case itself.
	do1("assign")(h.cases.Assign(ctx, head, on, officer.Person))
	if degree > cases.Open {
		do1("mark")(h.cases.Mark(ctx, head, on, degree, "OSL 21:3", say("reason of the mark")))
	}
	do1("mark a document")(h.cases.MarkDocument(ctx, head, on, 2, cases.Marked, "OSL 21:3", say("reason of a document's mark")))
	do1("reply")(h.cases.Reply(ctx, citizen, id, say("message in"), []cases.Document{h.file(t, *x, "file in, which goes with a remiss", "va")}))
	do1("message")(h.cases.Message(ctx, officer, on, say("message out"), []cases.Document{h.file(t, *x, "file out")}))
	do1("note")(h.cases.Note(ctx, officer, on, say("note"), []cases.Document{h.file(t, *x, "internal file")}))
	do1("receive")(h.cases.Receive(ctx, officer, on, cases.Incoming{At: h.clock.Now(), Channel: "letter", Party: say("whom a letter is from"), Text: say("letter"), Files: []cases.Document{h.file(t, *x, "file of a letter")}}))
	do1("move")(h.cases.Move(ctx, officer, on, "vantar-pa-dig", say("words of a move")))
	do1("move")(h.cases.Move(ctx, officer, on, "granskas", ""))
	c, err := h.cases.Case(ctx, id)
	do("read", err)
	do1("edit")(h.cases.Edit(ctx, officer, cases.On{Case: id, Version: c.Version}, cases.Facts{Subject: say("edited subject"), Address: say("edited place"), Due: c.Due}))

	// Tasks, remisser, approvals.
	soon := h.days.AddBusinessDays(h.today(), 5)
	for _, state := range []task.State{task.Open, task.Done} {
		a, err := h.tasks.Add(ctx, officer, on, task.Asked{What: say("task " + string(state)), To: task.Whom{Person: officer.Person}, Due: soon})
		do("task", err)
		if state == task.Done {
			do("task done", h.tasks.Close(ctx, officer, id, a, task.Done, say("note of a task")))
		}
	}
	inside, err := h.tasks.Ask(ctx, officer, on, task.Question{To: task.Whom{Person: h.person(t, "mikael-brunn")}, Words: h.word(*x, "question of a remiss", "va"), Documents: []int{3}, Due: soon, Law: "OSL 10:2"})
	do("remiss", err)
	do("remiss answered", h.tasks.Answer(ctx, h.official(t, "mikael-brunn"), inside.ID, task.Opinion{Stance: task.Comment, Words: h.word(*x, "answer of a remiss", "va"), Files: []cases.Document{h.file(t, *x, "file of an answer", "va")}}))
	for i, ends := range []string{"answered", "taken back", "open"} {
		outside, err := h.tasks.Ask(ctx, officer, on, task.Question{Name: say("name of one outside, " + ends), Email: say("e-mail of one outside, "+ends) + "@example.org", Words: say("question outside, " + ends), Due: soon, Law: "OSL 10:2"})
		do("remiss outside", err)
		switch i {
		case 0:
			do("remiss answered", h.tasks.AnswerByLink(ctx, outside.Link, task.Opinion{Stance: task.Oppose, Words: say("answer from outside")}))
		case 1:
			do("remiss taken back", h.tasks.Withdraw(ctx, officer, id, outside.ID, say("why a remiss is taken back")))
		default:
			do1("remiss extended")(h.tasks.Extend(ctx, officer, id, outside.ID, h.days.AddBusinessDays(soon, 5), say("why a remiss has longer")))
		}
		h.links = append(h.links, outside.Link)
	}
	for i := range 2 {
		text := say("text to approve " + string(rune('a'+i)))
		round, err := h.tasks.Propose(ctx, officer, on, task.Proposal{Title: say("title of an approval " + string(rune('a'+i))), Text: text, Asked: []string{head.Person}})
		do("approval", err)
		if i == 0 {
			do("vote", h.tasks.Vote(ctx, head, id, round, true, say("comment of a vote"), task.TextHash(text)))
		} else {
			do("reword", h.tasks.Reword(ctx, officer, id, round, say("reworded text"), task.TextHash(text)))
			do("take back", h.tasks.TakeBack(ctx, officer, id, round, say("why an approval is taken back")))
		}
	}
	do("property", h.tasks.SetProperty(ctx, officer, id, "tid_till", say("property")))
	do("tick", h.tasks.Tick(ctx, officer, id, "granskas", "lokal", true))

	// The clock.
	do("stop", h.caseClock.Suspend(ctx, officer, on, say("why the clock stands"), h.days.AddBusinessDays(h.today(), 3)))
	do("go on", h.caseClock.Resume(ctx, officer, on))
	do("longer", h.caseClock.Extend(ctx, officer, on, deadline.Target, say("why it takes longer"), h.days.AddBusinessDays(c.Due, 20)))
	do("delay", h.caseClock.DelayNotice(ctx, officer, on, say("why it is late"), h.days.AddBusinessDays(c.Due, 40)))

	// Ties with a case that others may read.
	r, err := h.ties.Relate(ctx, officer, on, tie.Same, id, h.open, say("why cases are related"))
	do("relate", err)
	do("unrelate", h.ties.Unrelate(ctx, officer, on, r.ID, say("why they are not any more")))
	do1("relate")(h.ties.Relate(ctx, officer, on, tie.Contributes, id, h.open, say("why cases are related once more")))
	child, err := h.ties.Split(ctx, h.texts.For(i18n.SV), head, on, tie.Cut{Type: "serveringstillstand", Questions: []string{"mat"}, Documents: []int{1}, Reason: say("why a case is split"), Key: store.NewID()})
	do("split", err)
	x.beside = append(x.beside, child)
	do1("assign the part")(h.cases.Assign(ctx, head, cases.On{Case: child}, officer.Person))
	for _, why := range []string{"why cases are merged", "why they are merged again"} {
		do("merge", h.ties.Merge(ctx, head, cases.On{Case: child}, id, say(why), false))
		if why == "why cases are merged" {
			do("undo", h.ties.Unmerge(ctx, head, cases.On{Case: child}, say("why they are taken apart")))
		}
	}

	// Lists and acts on many.
	list, err := h.roster.Save(ctx, officer, roster.List{Name: h.word(*x, "name of a list"), Query: "ord=" + h.word(*x, "words of a list")})
	do("list", err)
	h.lists = append(h.lists, list.ID)
	batch := store.NewID()
	c, err = h.cases.Case(ctx, id)
	do("read", err)
	do1("bulk")(h.roster.Carry(ctx, officer, batch, roster.Order{Deed: roster.Write, Text: say("message to many")}, []cases.On{{Case: id, Version: c.Version}}))
	h.batches = append(h.batches, batch)

	// The decision and what comes after it.
	record, err := h.ruling.Service.Decide(ctx, officer, on, ruling.Making{Ruling: cases.Ruling{Key: "avvisning"}, Words: ruling.Words{
		Text: say("decision"), Reasons: say("reasons"), Grounds: []ruling.Ground{{Text: say("ground")}}, Rapporteurs: []string{say("rapporteur")}, Present: []string{say("one present")},
		Dissents: []ruling.Dissent{{Name: say("dissenter"), Text: say("dissent")}},
	}})
	do("decide", err)
	do1("serve")(h.ruling.Serve(ctx, officer, record.Decision, ruling.Serving{Party: 0, Way: ruling.WayHanded, On: h.today(), Note: say("note of service")}))
	do1("appeal of another")(h.ruling.Lodge(ctx, officer, record.Decision, ruling.Appeal{Channel: "letter", Party: ruling.NoParty, Name: say("name of one who appeals"), Received: h.today(), Text: say("appeal of another")}))
	do("appeal", h.ruling.LodgeOwn(ctx, citizen, id, record.Decision, say("appeal")))
	record, _, err = h.ruling.Record(ctx, officer, record.Decision)
	do("read the decision", err)
	own := record.Appeals[len(record.Appeals)-1].ID
	do1("examine")(h.ruling.Examine(ctx, officer, record.Decision, own, ruling.Examination{Note: say("note of rättidsprövning")}))
	do1("forward")(h.ruling.Forward(ctx, officer, record.Decision, own, say("court")))
	do1("rule")(h.ruling.Rule(ctx, officer, record.Decision, own, ruling.Ruling{Outcome: ruling.Upheld, Day: h.today(), Note: say("note of the court's ruling")}))
	secretary := h.official(t, "jonas-mork")
	do("withhold", h.ruling.Report(ctx, secretary, "MBN", []string{record.Decision}, ruling.Report{Not: true}))
	do1("announce")(h.board.Announce(ctx, secretary, notice.Draft{Kind: notice.Delegated, Body: "MBN", Decision: record.Decision, Contact: "Kansliet", Screened: true}, nil))

	// A document that somebody asks for.
	do("choose", h.disclosure.Choose(ctx, officer, h.asked, []disclosure.Source{{Case: id, Kind: disclosure.KindDocument, N: 1}}))
	items, err := h.disclosure.Items(ctx, officer, h.asked)
	do("items", err)
	for _, item := range items {
		if item.Case == id {
			do("assess", h.disclosure.Assess(ctx, officer, h.asked, item.ID, disclosure.Assessment{Outcome: disclosure.Refused, Law: "OSL 21:3", Note: say("assessment")}))
		}
	}

	// What is kept, and for how long: those who see to that need not read the rest.
	keepers := []string{"registrator", "arkivarie"}
	do("hold", h.retention.Hold(ctx, registrar, on, "audit", h.word(*x, "why it is kept", keepers...)))
	do("let go", h.retention.Lift(ctx, registrar, on, h.word(*x, "why it is let go", keepers...)))
	do("hold", h.retention.Hold(ctx, registrar, on, "audit", h.word(*x, "why it is kept again", keepers...)))

	// A form under way.
	draft := drafts.NewStore(h.db, h.vault, h.clock)
	secret := hidden{name: x.name, readers: []string{x.persona}}
	version := 0
	for _, ct := range h.types.Open(h.today()) {
		if ct.ID == "synpunkt" {
			version = ct.Version
		}
	}
	do("draft", draft.Begin(ctx, strings.Repeat("ab", 32), &drafts.Draft{TypeID: "synpunkt", Version: version, Answers: casetype.Answers{"text": {h.word(secret, "draft")}}, Person: citizen.Person}, nil))
}

// report hands in a fault report, which others may be shown as one like theirs, and asks to follow it.
func (h *hunt) report(t *testing.T, x *hidden, degree cases.Secrecy) {
	t.Helper()
	ctx := t.Context()
	say := func(field string) string { return h.word(*x, field) }
	answers := casetype.Answers{"kategori": {"gatubelysning"}, "beskrivning": {say("answer")}, "slackta": {"en"}, "farligt": {"no"}, "plats.text": {say("place")}, "plats.lat": {"59.994376"},
		"plats.lon": {"15.791291"}, "anonym": {"no"}, "kontakt.name": {say("name")}, "kontakt.email": {say("e-mail") + "@example.org"}}
	x.id = h.submit(t, "felanmalan", x.resident, answers, h.file(t, *x, "file handed in"))
	on, head := cases.On{Case: x.id}, h.official(t, "rolf-dahlin")
	follow, err := h.ties.Follow(ctx, x.id, h.person(t, "r003"), "", i18n.SV, nil) // before it was secret; of one who is protected nobody may
	if err == nil {
		h.tokens = append(h.tokens, h.ties.Token(follow))
	} else if !errors.Is(err, tie.ErrNotPublic) {
		t.Fatal(err)
	}
	if degree > cases.Open {
		_, err := h.cases.Mark(ctx, head, on, degree, "OSL 21:3", say("reason of the mark"))
		h.must(t, x.name, err)
	}
	_, err = h.cases.Message(ctx, head, on, say("message out"), nil)
	h.must(t, x.name, err)
	_, err = h.cases.Decide(ctx, head, on, cases.Ruling{Key: "atgardad", Text: say("decision"), To: "avslutad"})
	h.must(t, x.name, err)
}

// registerSays begins the names of fields that nobody need meet.
const registerSays = "what the register of residents says"

// sow fills the house.
func (h *hunt) sow(t *testing.T) {
	t.Helper()
	unit := bodies.Place{Unit: "miljo-bygg"}
	h.appoint(t, "elin-gard", access.Officer, unit)
	h.appoint(t, "anja-lindell", access.Officer, unit)
	h.appoint(t, "jonas-mork", access.Secretary, bodies.Place{Body: "MBN"})
	plain := func(field string) string {
		return "Öppet " + strings.NewReplacer("'", "", " ", "", "-", "").Replace(field)
	}
	answers := licence(h.today().AddDays(90), "197905179813", "1979-05-17", plain, "070-174 06 89")
	answers["innehavare.email"] = []string{"oppet@example.org"}
	h.open = h.submit(t, "serveringstillstand", "r003", answers)
	var row string
	h.must(t, "row", h.db.QueryRow(t.Context(), `SELECT id FROM register_entry WHERE case_id = $1`, h.open).Scan(&row))
	a, err := h.disclosure.Ask(t.Context(), disclosure.Wish{Key: store.NewID(), Text: "Alla handlingar om servering", Row: row, Lang: i18n.SV, Channel: "web"})
	h.must(t, "request", err)
	h.asked = a.CaseID

	inner := []string{"bygghandlaggare", "byggchef", "revisor"}
	list := []struct {
		hidden
		degree              cases.Secrecy
		number, born, phone string
	}{
		{hidden{name: "marked", resident: "r002", readers: append([]string{"invanare", "byggkollega", "registrator"}, inner...), persona: "invanare"}, cases.Marked, "195402059975", "1954-02-05", "070-174 06 35"},
		{hidden{name: "secret", resident: "r002", readers: append([]string{"invanare"}, inner...), persona: "invanare"}, cases.Secret, "195402059975", "1954-02-05", "070-174 06 37"},
		{hidden{name: "protected", resident: "r050", readers: append([]string{"skyddad-invanare"}, inner...), persona: "skyddad-invanare"}, cases.Open, "195301019906", "1953-01-01", "070-174 06 91"},
	}
	for i := range list {
		x := &list[i]
		h.literal(x.hidden, x.phone, "phone")
		h.plant(t, &x.hidden, x.degree, x.number, x.born, x.phone)
		h.matters = append(h.matters, x.hidden)
	}
	for _, literal := range []string{"195301019906", "19530101-9906", "Amina Pettersson", "amina.pettersson.50@example.org", "070-174 06 47", "Slussgatan 7"} {
		h.literal(list[2].hidden, literal, registerSays+", "+literal[:4])
	}
	gata := []string{"gatuchef", "revisor"}
	secret, protected := hidden{name: "secret report", resident: "r002", readers: append([]string{"invanare"}, gata...)}, hidden{name: "protected report", resident: "r050", readers: append([]string{"skyddad-invanare"}, gata...)}
	h.report(t, &secret, cases.Secret)
	h.report(t, &protected, cases.Open)
	h.matters = append(h.matters, secret, protected)
}

// settle lets all that follows the journal, and all work that is due, be done.
func (h *hunt) settle(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	sequencing := make(chan error, 1)
	go func() { sequencing <- h.journal.Run(ctx) }()
	go func() { _ = h.mailbox.Serve(ctx, h.mailListener) }()
	h.must(t, "dispatcher", h.dispatcher.Start(ctx))
	h.queue.Start(ctx)
	done := func() bool {
		for _, s := range h.dispatcher.Stats() {
			if s.Lag > 0 {
				return false
			}
		}
		var n int
		h.must(t, "jobs", h.db.QueryRow(ctx, `SELECT count(*) FROM job WHERE state NOT IN ('completed', 'discarded', 'cancelled') AND scheduled_at <= $1`, store.Micros(h.clock.Now())).Scan(&n))
		var letters int
		h.must(t, "letters", h.db.QueryRow(ctx, `SELECT count(*) FROM email_outbox WHERE state = 'queued'`).Scan(&letters))
		return n == 0 && letters == 0
	}
	for end, quiet := time.Now().Add(2*time.Minute), 0; quiet < 5; time.Sleep(100 * time.Millisecond) { //nolint:forbidigo // how long a test waits
		if quiet++; !done() {
			quiet = 0
		}
		if time.Now().After(end) { //nolint:forbidigo // how long a test waits
			t.Fatal("the work of the house never ends")
		}
	}
	_, err := h.retention.Sweep(ctx, 0)
	h.must(t, "retention", err)
	h.must(t, "figures", h.measure.Compute(ctx))
	last, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	h.must(t, "queue", h.queue.Stop(last))
	h.dispatcher.Stop()
	h.must(t, "journal", h.journal.Sequence(last))
	stop()
	<-sequencing
}
