package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// Timeouts end sessions. Zero fields take the values of DefaultTimeouts.
type Timeouts struct {
	Staff    time.Duration // a member of staff who does nothing
	Citizen  time.Duration // a citizen, or a visitor who has not signed in, who does nothing
	Lifetime time.Duration // from sign-in, whatever happens
}

// DefaultTimeouts are 60 minutes for staff, 20 for citizens, and 12 hours in all.
func DefaultTimeouts() Timeouts {
	return Timeouts{Staff: time.Hour, Citizen: 20 * time.Minute, Lifetime: 12 * time.Hour}
}

func (t Timeouts) orDefault() Timeouts {
	d := DefaultTimeouts()
	if t.Staff <= 0 {
		t.Staff = d.Staff
	}
	if t.Citizen <= 0 {
		t.Citizen = d.Citizen
	}
	if t.Lifetime <= 0 {
		t.Lifetime = d.Lifetime
	}
	return t
}

func (t Timeouts) idle(p *Principal) time.Duration {
	if p != nil && p.Kind == Staff {
		return t.Staff
	}
	return t.Citizen
}

// visit is all that a session holds.
type visit struct {
	Principal *Principal        `json:"principal,omitempty"`
	Agent     string            `json:"agent,omitempty"`
	IDToken   string            `json:"id_token,omitempty"` // the provider's, to sign out there too
	Flows     []flow            `json:"flows,omitempty"`    // sign-ins under way at a provider, newest last
	Ceremony  *ceremony         `json:"ceremony,omitempty"` // a passkey ceremony under way
	Kept      map[string]string `json:"kept,omitempty"`     // what other packages keep: Keep, Kept
}

// visitKey is the one key under which scs holds our visit.
const visitKey = "visit"

// visitCodec stores a visit as JSON. The deadline is sessionStore's business.
type visitCodec struct{}

func (visitCodec) Encode(_ time.Time, values map[string]any) ([]byte, error) {
	v, _ := values[visitKey].(visit)
	return json.Marshal(v)
}

func (visitCodec) Decode(data []byte) (time.Time, map[string]any, error) {
	var v visit
	if err := json.Unmarshal(data, &v); err != nil {
		return time.Time{}, nil, fmt.Errorf("reading a session: %w", err)
	}
	// Any deadline but zero, which would make scs take the cookie back.
	return time.Unix(1, 0), map[string]any{visitKey: v}, nil
}

func (s *Service) newManager() *scs.SessionManager {
	m := scs.New()
	m.Lifetime = s.timeouts.Lifetime
	m.Store = &sessionStore{db: s.db, clock: s.clock, log: s.log, lifetime: s.timeouts.Lifetime, idle: s.timeouts.idle}
	m.Codec = visitCodec{}
	m.HashTokenInStore = true
	m.Cookie.Name = "dygnet"
	if s.base.Scheme == "https" {
		m.Cookie.Name = "__Host-dygnet" // the browser then holds Secure, Path=/ and no Domain itself
		m.Cookie.Secure = true
	}
	m.Cookie.Persist = false // gone with the browser
	return m
}

// Middleware puts the Principal of a signed-in visitor in the request's context. Without a cookie it reads and sets nothing; with
// one it reads the session and the person, and writes at most once a minute.
func (s *Service) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Cookie")
		cookie, err := r.Cookie(s.sessions.Cookie.Name)
		if err != nil || cookie.Value == "" {
			next.ServeHTTP(w, r)
			return
		}
		ctx := r.Context()
		if byItself(r) {
			ctx = context.WithValue(ctx, unused{}, true)
		}
		ctx, err = s.sessions.Load(ctx, cookie.Value)
		var p *Principal
		if err == nil {
			p, err = s.principal(ctx)
		}
		switch {
		case err != nil && s.nobody != nil && s.nobody(r):
			s.log.WarnContext(r.Context(), "a visitor goes on as nobody: their session cannot be read", "err", err)
			next.ServeHTTP(w, r)
			return
		case err != nil:
			s.fail(w, r, err)
			return
		}
		if p != nil {
			ctx = With(ctx, p)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// byItself tells whether a page asks without anybody having done anything: a live part that renews itself, or its stream. That does not
// count as use, or a desk with a page open would never be signed out.
func byItself(r *http.Request) bool {
	return r.Header.Get("Dygnet-Live") != "" || r.Header.Get("Accept") == "text/event-stream"
}

// unused marks the context of a request that does not prolong the session.
type unused struct{}

// principal gives whose session it is, or nil. It asks for the person each time, so that a closed account is closed at once.
func (s *Service) principal(ctx context.Context) (*Principal, error) {
	held := s.visit(ctx).Principal
	if held == nil {
		return nil, nil
	}
	person, err := s.person(ctx, held.PersonID)
	if errors.Is(err, ErrUnknownPerson) || errors.Is(err, ErrClosed) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("finding whose session it is: %w", err)
	}
	p := *held
	p.Name = person.Name
	return &p, nil
}

// visit gives what the session holds; Middleware or begin has loaded it.
func (s *Service) visit(ctx context.Context) visit {
	v, _ := s.sessions.Get(ctx, visitKey).(visit)
	return v
}

// begin gives a context that holds the visitor's session, a new and unsaved one if there is none.
func (s *Service) begin(ctx context.Context) (context.Context, visit, error) {
	ctx, err := s.sessions.Load(ctx, "")
	if err != nil {
		return nil, visit{}, fmt.Errorf("beginning a session: %w", err)
	}
	return ctx, s.visit(ctx), nil
}

// save stores the session durably and gives the browser its cookie. Call it before anything else is answered.
func (s *Service) save(ctx context.Context, w http.ResponseWriter, v visit) error {
	s.sessions.Put(ctx, visitKey, v)
	token, expiry, err := s.sessions.Commit(ctx)
	if err != nil {
		return err
	}
	s.sessions.WriteSessionCookie(ctx, w, token, expiry)
	return nil
}

// Keep holds a small value with the visitor's session (a draft's ID, say), through sign-in and until the session ends. It sets a
// cookie if there is none yet, so call it before the answer is begun.
func (s *Service) Keep(w http.ResponseWriter, r *http.Request, key, value string) error {
	ctx, v, err := s.begin(r.Context())
	if err != nil {
		return err
	}
	kept := map[string]string{key: value}
	for k, old := range v.Kept {
		if k != key {
			kept[k] = old
		}
	}
	v.Kept = kept
	return s.save(ctx, w, v)
}

// Kept gives what Keep holds under key, or "".
func (s *Service) Kept(r *http.Request, key string) string {
	ctx, v, err := s.begin(r.Context())
	if err != nil || ctx == nil {
		return ""
	}
	return v.Kept[key]
}

// signIn makes the session p's, under a new token: whoever planted or saw the old one has nothing (session fixation).
func (s *Service) signIn(ctx context.Context, w http.ResponseWriter, r *http.Request, p Principal, idToken string) error {
	ctx, old, err := s.begin(ctx)
	if err != nil {
		return err
	}
	p.SignedInAt = s.clock.Now().UTC()
	p.SessionID = store.NewID()
	v := visit{Principal: &p, Agent: coarseAgent(r.UserAgent()), IDToken: idToken}
	if old.Principal == nil || old.Principal.PersonID == p.PersonID {
		v.Kept = old.Kept
	}
	_, err = s.journal.Note(ctx, journal.Entry{
		Actor: p.PersonID, Action: "session.started", Object: journal.Ref{Kind: "session", ID: p.SessionID},
		Payload: sessionNote{Kind: p.Kind, Method: p.Method, Level: p.LoA, Provider: p.Provider},
	})
	if err != nil {
		return fmt.Errorf("journalling a sign-in: %w", err)
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	return s.save(ctx, w, v)
}

// sessionNote is what the journal says of a sign-in.
type sessionNote struct {
	Kind     Kind   `json:"kind"`
	Method   Method `json:"method"`
	Level    LoA    `json:"level"`
	Provider string `json:"provider,omitempty"`
}

// signOut ends the session of the request and takes the cookie back.
func (s *Service) signOut(w http.ResponseWriter, r *http.Request) (visit, error) {
	ctx, v, err := s.begin(r.Context())
	if err != nil {
		return visit{}, err
	}
	if p := v.Principal; p != nil {
		if err := s.end(ctx, p.PersonID, "session.signed_out", p.SessionID, `person = $2 AND id = $3`, p.PersonID, p.SessionID); err != nil &&
			!errors.Is(err, store.ErrNotFound) {
			return visit{}, fmt.Errorf("signing out: %w", err)
		}
	}
	if err := s.sessions.Destroy(ctx); err != nil {
		return visit{}, err
	}
	s.sessions.WriteSessionCookie(ctx, w, "", time.Time{})
	return v, nil
}

// end ends living sessions and journals it. Object is the session if one is meant, else the person whose sessions they are.
func (s *Service) end(ctx context.Context, actor, action, session, where string, args ...any) error {
	_, err := s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		ids, err := endSessions(ctx, tx, s.clock.Now(), where, args...)
		if err != nil {
			return journal.Entry{}, err
		}
		if len(ids) == 0 {
			return journal.Entry{}, store.ErrNotFound
		}
		object := journal.Ref{Kind: "session", ID: session}
		if session == "" {
			object = journal.Ref{Kind: "person", ID: fmt.Sprint(args[0])}
		}
		return journal.Entry{Actor: actor, Action: action, Object: object, Payload: map[string]any{"sessions": ids}}, nil
	})
	return err
}

// SessionInfo is one session as its owner sees it.
type SessionInfo struct {
	ID      string
	Created time.Time // UTC
	Seen    time.Time // UTC, up to a minute behind
	Until   time.Time // UTC, when it ends if nothing more happens
	Agent   string    // "Firefox, Linux"
	LoA     LoA
	Method  Method
	Current bool // the one that asks
}

// Sessions lists a person's living sessions, newest first.
func (s *Service) Sessions(ctx context.Context, personID string) ([]SessionInfo, error) {
	current := ""
	if p := From(ctx); p != nil {
		current = p.SessionID
	}
	list, err := store.All(ctx, s.db, func(r *store.Rows) (SessionInfo, error) {
		var i SessionInfo
		var created, seen, until int64
		var level string
		if err := r.Scan(&i.ID, &created, &seen, &until, &i.Agent, &level, &i.Method); err != nil {
			return i, err
		}
		i.Created, i.Seen, i.Until, i.Current = store.Time(created), store.Time(seen), store.Time(until), i.ID == current
		var err error
		i.LoA, err = ParseLoA(level)
		return i, err
	}, `SELECT id, created, seen, until, agent, level, method FROM identity_sessions
		WHERE person = $1 AND person <> '' AND ended = 0 AND until > $2 ORDER BY created DESC, id DESC`, personID, store.Micros(s.clock.Now()))
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	return list, nil
}

// EndSession ends one session of the person who asks. It gives store.ErrNotFound if they have no such living session.
func (s *Service) EndSession(ctx context.Context, sessionID string) error {
	p := From(ctx)
	if p == nil {
		return ErrNotSignedIn
	}
	if !store.ValidID(sessionID) {
		return store.ErrNotFound
	}
	if err := s.end(ctx, p.PersonID, "session.ended", sessionID, `person = $2 AND id = $3`, p.PersonID, sessionID); err != nil {
		return fmt.Errorf("ending session: %w", err)
	}
	return nil
}

// EndOtherSessions ends all sessions of the person who asks, except the one that asks.
func (s *Service) EndOtherSessions(ctx context.Context) error {
	p := From(ctx)
	if p == nil {
		return ErrNotSignedIn
	}
	err := s.end(ctx, p.PersonID, "person.sessions_ended", "", `person = $2 AND id <> $3`, p.PersonID, p.SessionID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("ending other sessions: %w", err)
	}
	return nil
}

// EndAllSessions signs a person out everywhere: an account was closed or taken over. Actor is who decided it, as in journal.Entry.
func (s *Service) EndAllSessions(ctx context.Context, actor, personID string) error {
	err := s.end(ctx, actor, "person.sessions_ended", "", `person = $2`, personID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("ending all sessions: %w", err)
	}
	return nil
}

// sweepBatch bounds one sweep's transaction.
const sweepBatch = 500

// Sweep removes what has run out: sessions (journalled, if somebody was signed in) and one-time links. It gives how many sessions
// went. Run it every few minutes, on any node.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	now := s.clock.Now()
	total := 0
	for {
		n, err := s.sweepExpired(ctx, now)
		total += n
		if err != nil {
			return total, fmt.Errorf("sweeping sessions that ran out: %w", err)
		}
		if n < sweepBatch {
			break
		}
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM identity_invitations WHERE expires <= $1`, store.Micros(now)); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `DELETE FROM identity_sessions WHERE until <= $1 AND (person = '' OR ended <> 0)`, store.Micros(now))
		total += int(n)
		return err
	})
	if err != nil {
		return total, fmt.Errorf("sweeping sessions that were ended: %w", err)
	}
	return total, nil
}

// sweepExpired removes up to sweepBatch sessions of signed-in people that ran out, with one journal entry.
func (s *Service) sweepExpired(ctx context.Context, now time.Time) (int, error) {
	var ids []string
	_, err := s.journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		var err error
		ids, err = store.All(ctx, tx, func(r *store.Rows) (id string, err error) { return id, r.Scan(&id) },
			`DELETE FROM identity_sessions WHERE token IN (
				SELECT token FROM identity_sessions WHERE until <= $1 AND person <> '' AND ended = 0 ORDER BY until LIMIT $2)
			RETURNING id`, store.Micros(now), sweepBatch)
		if err != nil {
			return journal.Entry{}, err
		}
		if len(ids) == 0 {
			return journal.Entry{}, store.ErrNotFound
		}
		return journal.Entry{Actor: journal.System, Action: "sessions.expired", Object: journal.Ref{Kind: "sessions", ID: ids[0]},
			Payload: map[string]any{"sessions": ids}}, nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return len(ids), err
}
