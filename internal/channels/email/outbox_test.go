package email_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/mail"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"dygnet/internal/channels/email"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/jobs"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

var rooms = []fs.FS{jobs.Migrations, email.Migrations}

// post is a mail server, which answers as its script says, and the office that sends to it.
type post struct {
	db     *store.DB
	clock  *calendar.Fake
	queue  *jobs.Queue
	sender *email.Sender
	port   int

	mu            sync.Mutex
	letters       []string // whole, as they came
	from          []string
	latest        net.Conn // of the latest conversation
	conversations int
	refuse        error              // what RCPT gets
	after         func()             // runs when a letter was taken, before the server says so
	told          []email.Outcome    // of the Sender
	tell          func() error       // what Undelivered gives
	came          chan struct{}      // a letter was taken
	asked         chan struct{}      // a letter was offered
	closed        chan email.Outcome // Undelivered was told
}

func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conversations++
	p.latest = c.Conn()
	return &talk{p}, nil
}

// talks is how many conversations there have been.
func (p *post) talks() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conversations
}

type talk struct{ *post }

func (*talk) Reset()        {}
func (*talk) Logout() error { return nil }
func (t *talk) Mail(from string, _ *smtp.MailOptions) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.from = append(t.from, from)
	return nil
}
func (t *talk) Rcpt(string, *smtp.RcptOptions) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer func() { t.asked <- struct{}{} }()
	return t.refuse
}
func (t *talk) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	t.mu.Lock()
	t.letters = append(t.letters, string(raw))
	after := t.after
	t.mu.Unlock()
	if after != nil {
		after()
	}
	t.came <- struct{}{}
	return nil
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func newPost(t *testing.T, db *store.DB) *post {
	t.Helper()
	p := &post{db: db, clock: calendar.NewFake(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)),
		came: make(chan struct{}, 100), asked: make(chan struct{}, 100), closed: make(chan email.Outcome, 100)}
	listener := listen(t)
	p.port = listener.Addr().(*net.TCPAddr).Port
	server := smtp.NewServer(p)
	server.Domain = "mx.test"
	server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	p.office(t)
	return p
}

// office opens (again) the side that sends.
func (p *post) office(t *testing.T) {
	t.Helper()
	p.queue = jobs.New(p.db, p.clock, slog.New(slog.DiscardHandler), jobs.Settings{Poll: 10 * time.Millisecond})
	var err error
	p.sender, err = email.NewSender(email.Options{DB: p.db, Queue: p.queue, Clock: p.clock,
		Server: email.Server{Host: "127.0.0.1", Port: p.port, Security: "none", Timeout: 5 * time.Second, Hello: "prov.example"},
		From:   "Provkommunen <noreply@prov.example>",
		Undelivered: func(_ context.Context, o email.Outcome) error {
			p.mu.Lock()
			p.told = append(p.told, o)
			tell := p.tell
			p.mu.Unlock()
			p.closed <- o
			if tell != nil {
				return tell()
			}
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
}

func (p *post) start(t *testing.T) {
	p.queue.Start(context.Background())
	t.Cleanup(func() { _ = p.queue.Stop(context.Background()) })
}

func (p *post) send(t *testing.T, m email.Message) string {
	t.Helper()
	var id string
	if err := p.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		id, err = p.sender.Enqueue(ctx, tx, m)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

func wait[T any](t *testing.T, what string, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(20 * time.Second): // only to fail, not to pass
		t.Fatalf("waited in vain: %s", what)
		panic("unreachable")
	}
}

// state waits until the letter is in a state, which follows shortly on what the server saw.
func (p *post) state(t *testing.T, id string, want email.State) email.Status {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		list, err := p.sender.ForCase(t.Context(), p.db, "case")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			if s.ID == id && s.State == want {
				return s
			}
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("the letter never got to %s: %+v", want, list)
		}
	}
}

func sample() email.Message {
	return email.Message{To: "åsa.öberg@example.org", Subject: "Vi har tagit emot ditt ärende – gatlykta på Östra vägen", Lang: "sv", CaseID: "case",
		Text: "Hej Åsa!\n" + strings.Repeat("En mycket lång rad utan slut ", 200) + "\n.\nEnsam punkt ovan.\n", HTML: "<p>Hej Åsa!</p>"}
}

func TestLetterTravelsOverSMTPWhole(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		p := newPost(t, db)
		box := email.NewMailbox(db, p.clock, slog.New(slog.DiscardHandler))
		listener := listen(t)
		p.port = listener.Addr().(*net.TCPAddr).Port
		ctx, stop := context.WithCancel(context.Background())
		served := make(chan error, 1)
		go func() { served <- box.Serve(ctx, listener) }()
		p.office(t)
		p.start(t)
		m := sample()
		m.To = "asa.oberg@example.org"
		id := p.send(t, m)
		status := p.state(t, id, email.Sent)
		if status.Attempts != 1 || !status.Finished.Equal(p.clock.Now()) {
			t.Errorf("status %+v", status)
		}
		list, err := box.List(t.Context(), "Asa.Oberg@example.org", 10)
		if err != nil || len(list) != 1 {
			t.Fatalf("mailbox: %v, %v", list, err)
		}
		got, err := box.Get(t.Context(), list[0].ID)
		if err != nil || got.Subject != m.Subject || got.Text != m.Text || got.HTML != m.HTML || got.To != m.To {
			t.Errorf("arrived as %+v, %v", got, err)
		}
		if others, err := box.List(t.Context(), "bo@example.org", 10); err != nil || len(others) != 0 {
			t.Errorf("in somebody else's mailbox: %v, %v", others, err)
		}
		if _, err := box.Get(t.Context(), store.NewID()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a letter that does not exist: %v", err)
		}
		var left int
		if err := db.QueryRow(t.Context(), `SELECT COUNT(*) FROM email_outbox WHERE subject <> '' OR body_text <> '' OR body_html <> ''`).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d letters kept their text after leaving, %v", left, err)
		}
		stop()
		if err := wait(t, "the mailbox ends", served); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

func TestHeadersSayThatAComputerWroteAndCannotBeInjected(t *testing.T) {
	p := newPost(t, storetest.SQLite(t, rooms...))
	p.start(t)
	m := sample()
	m.To = "ann@example.org"
	m.Subject = "Hej\r\nBcc: spy@example.org\r\n\r\nbody åäö\x00\u2028x"
	id := p.send(t, m)
	wait(t, "the letter", p.came)
	letter, err := mail.ReadMessage(bufio.NewReader(strings.NewReader(p.letters[0])))
	if err != nil {
		t.Fatal(err)
	}
	h := letter.Header
	if h.Get("Bcc") != "" || len(h["To"]) != 1 || len(h["Subject"]) != 1 {
		t.Errorf("headers were injected: %v", h)
	}
	for name, want := range map[string]string{"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Content-Language": "sv",
		"Message-Id": "<" + id + "@prov.example>", "To": "<ann@example.org>", "From": `"Provkommunen" <noreply@prov.example>`} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if h.Get("User-Agent") != "" || h.Get("X-Mailer") != "" {
		t.Errorf("it tells what program wrote it: %v", h)
	}
	for _, line := range strings.Split(p.letters[0], "\r\n") {
		if len(line) > 998 { // RFC 5322 section 2.1.1
			t.Errorf("a line of %d characters", len(line))
		}
	}
	for _, bad := range []email.Message{{To: "ann", Subject: "x", Text: "x"}, {To: "a@b.se\r\nRCPT TO:<c@d.se>", Subject: "x", Text: "x"},
		{To: "a@b.se", Text: "x"}, {To: "a@b.se", Subject: "\r\n", Text: "x"}, {To: "a@b.se", Subject: "x"},
		{To: "a@b.se", Subject: "x", Text: strings.Repeat("x", 300<<10)}} {
		err := p.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			_, err := p.sender.Enqueue(ctx, tx, bad)
			return err
		})
		if !errors.Is(err, email.ErrMessage) {
			t.Errorf("%.40q: %v", bad.To, err)
		}
	}
}

func TestRefusalForNowIsTriedAgainLater(t *testing.T) {
	p := newPost(t, storetest.SQLite(t, rooms...))
	p.refuse = &smtp.SMTPError{Code: 451, Message: "greylisted, come back"}
	p.start(t)
	id := p.send(t, sample2())
	wait(t, "the first attempt", p.asked)
	if got := p.state(t, id, email.Queued); got.Reason != "" {
		t.Errorf("%+v", got)
	}
	p.mu.Lock()
	p.refuse = nil
	p.mu.Unlock()
	select {
	case <-p.came:
		t.Fatal("tried again before its time")
	case <-wait100(p): // several polls of the queue with the clock standing still
	}
	p.until(t, p.came)
	if got := p.state(t, id, email.Sent); got.Attempts != 2 {
		t.Errorf("%d attempts", got.Attempts)
	}
	if len(p.told) != 0 {
		t.Errorf("told %v", p.told)
	}
}

func sample2() email.Message {
	m := sample()
	m.To = "ann@example.org"
	return m
}

// wait100 is ready after the queue has looked for jobs many times.
func wait100(p *post) <-chan time.Time { return time.After(100 * time.Millisecond) }

// until moves the clock on, past the next waits, until the channel has something.
func (p *post) until(t *testing.T, ch <-chan struct{}) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		p.clock.Advance(10 * time.Second)
		p.queue.Wake()
		select {
		case <-ch:
			return
		case <-deadline:
			t.Fatal("never tried again")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestRefusalForGoodIsToldOnceItIsHeardAndNotTriedAgain(t *testing.T) {
	p := newPost(t, storetest.SQLite(t, rooms...))
	p.refuse = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user ann@example.org"}
	var failures atomic.Int32
	p.tell = func() error {
		if failures.Add(1) == 1 {
			return errors.New("the case could not be written")
		}
		return nil
	}
	p.start(t)
	id := p.send(t, sample2())
	first := wait(t, "being told", p.closed)
	if first != (email.Outcome{ID: id, CaseID: "case", Reason: email.ReasonRefused}) {
		t.Errorf("told %+v", first)
	}
	again := make(chan struct{}, 1)
	go func() { <-p.closed; again <- struct{}{} }()
	p.until(t, again)
	got := p.state(t, id, email.Undelivered)
	if got.Reason != email.ReasonRefused {
		t.Errorf("%+v", got)
	}
	var stored string
	if err := p.db.QueryRow(t.Context(), `SELECT subject || body_text || reason FROM email_outbox WHERE id = $1`, id).Scan(&stored); err != nil || stored != "refused" {
		t.Errorf("kept %q, %v", stored, err)
	}
}

func TestServerThatNeverTakesALetterIsGivenUpInTheEnd(t *testing.T) {
	p := newPost(t, storetest.SQLite(t, rooms...))
	p.refuse = &smtp.SMTPError{Code: 421, Message: "busy"}
	p.start(t)
	begun := p.clock.Now()
	id := p.send(t, sample2())
	deadline := time.After(60 * time.Second)
	for done := false; !done; {
		p.clock.Advance(time.Hour)
		p.queue.Wake()
		select {
		case o := <-p.closed:
			if o.ID != id || o.Reason != email.ReasonGaveUp {
				t.Errorf("told %+v", o)
			}
			done = true
		case <-deadline:
			t.Fatal("never given up")
		case <-time.After(5 * time.Millisecond):
		}
	}
	if waited := p.clock.Now().Sub(begun); waited < 48*time.Hour {
		t.Errorf("given up after %s", waited)
	}
	if got := p.state(t, id, email.Undelivered); got.Attempts != 24 {
		t.Errorf("%d attempts", got.Attempts)
	}
}

// If the process dies between the server's yes and our note of it, the letter leaves twice: with one Message-ID, so that it is one letter.
func TestLetterSentTwiceAroundACrashIsTheSameLetter(t *testing.T) {
	p := newPost(t, storetest.SQLite(t, rooms...))
	dead := make(chan struct{})
	first := p.queue
	var once sync.Once
	p.after = func() {
		// The server has the letter and has not said so when the process is cut off.
		once.Do(func() {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			go func() {
				_ = first.Stop(ctx)
				close(dead)
			}()
		})
	}
	// Its job's lease ends at once: what a killed process leaves behind, without waiting for it.
	p.start(t)
	id := p.send(t, sample2())
	wait(t, "the first copy", p.came)
	wait(t, "the end of the first process", dead)
	if err := p.db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		// A process that is killed writes nothing more; what this one wrote while being stopped is taken back.
		if _, err := tx.Exec(ctx, `UPDATE email_outbox SET state = 'queued', subject = 'x', body_text = 'x' WHERE id = $1`, id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE job SET state = 'running', leased_until = 0 WHERE kind = 'email.send'`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	p.office(t)
	p.start(t)
	p.until(t, p.came)
	p.state(t, id, email.Sent)
	ids := map[string]bool{}
	for _, raw := range p.letters {
		letter, err := mail.ReadMessage(bufio.NewReader(strings.NewReader(raw)))
		if err != nil {
			t.Fatal(err)
		}
		ids[letter.Header.Get("Message-Id")+letter.Header.Get("Date")] = true
	}
	if len(p.letters) != 2 || len(ids) != 1 {
		t.Errorf("%d copies under %d names", len(p.letters), len(ids))
	}
}

func TestChangeThatIsRolledBackSendsNothingAndAForgottenCaseNeither(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		p := newPost(t, db)
		undone := errors.New("undone")
		if err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			if _, err := p.sender.Enqueue(ctx, tx, sample2()); err != nil {
				return err
			}
			return undone
		}); !errors.Is(err, undone) {
			t.Fatal(err)
		}
		p.send(t, sample2())
		if err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return email.Forget(ctx, tx, "case") }); err != nil {
			t.Fatal(err)
		}
		other := sample2()
		other.CaseID = "other"
		p.send(t, other)
		p.start(t)
		wait(t, "the one letter", p.came)
		if err := p.queue.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		if len(p.letters) != 1 {
			t.Errorf("%d letters left", len(p.letters))
		}
	})
}

func TestServerWithoutEncryptionGetsNothingWhenEncryptionIsAskedFor(t *testing.T) {
	p := newPost(t, storetest.SQLite(t, rooms...))
	for security, ok := range map[string]bool{"none": true, "starttls": false, "tls": false} {
		s := email.Server{Host: "127.0.0.1", Port: p.port, Security: security, Timeout: 2 * time.Second}
		if err := s.Ping(t.Context()); (err == nil) != ok {
			t.Errorf("%s: %v", security, err)
		}
	}
	if _, err := email.NewSender(email.Options{DB: p.db, Queue: p.queue, Clock: p.clock, From: "a@b.se", Server: email.Server{Host: "x", Security: "ssl"}}); err == nil {
		t.Error("an unknown way to encrypt was taken")
	}
}

func TestLettersShareAConversationAndOneThatWasCutOffIsBegunAnew(t *testing.T) {
	storetest.Each(t, rooms, func(t *testing.T, db *store.DB) {
		p := newPost(t, db)
		p.start(t)
		for range 5 {
			id := p.send(t, sample())
			wait(t, "a letter", p.came)
			p.state(t, id, email.Sent)
		}
		if n := p.talks(); n != 1 {
			t.Errorf("5 letters one after the other took %d conversations", n)
		}
		p.mu.Lock()
		_ = p.latest.Close()
		p.mu.Unlock()
		id := p.send(t, sample())
		wait(t, "a letter after the cut", p.came)
		if got := p.state(t, id, email.Sent); got.Attempts != 1 {
			t.Errorf("the letter after the cut took %d attempts", got.Attempts)
		}
	})
}
