package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
)

// seenEvery is how often a session's last use is written down at most.
const seenEvery = time.Minute

// sessionStore is an scs.CtxStore over the table identity_sessions. It gets tokens already hashed (scs HashTokenInStore). It
// keeps its own time: scs counts its deadlines with the machine's clock, and knows one idle time-out for everybody.
type sessionStore struct {
	db       *store.DB
	clock    calendar.Clock
	log      *slog.Logger
	lifetime time.Duration
	idle     func(*Principal) time.Duration
}

// FindCtx gives the data of a session that is neither ended nor left alone for too long, and notes that it was used, unless a page asked
// by itself.
func (s *sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var data string
	var seen int64
	now := s.clock.Now()
	err := s.db.QueryRow(ctx, `SELECT data, seen FROM identity_sessions WHERE token = $1 AND ended = 0 AND until > $2`,
		token, store.Micros(now)).Scan(&data, &seen)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("finding a session: %w", err)
	}
	if now.Sub(store.Time(seen)) >= seenEvery && ctx.Value(unused{}) == nil {
		// A page that can be shown is shown, also when nothing can be written: the session only ages then.
		if err := s.touch(ctx, token, now); err != nil {
			s.log.WarnContext(ctx, "could not note that a session is in use", "error", err)
		}
	}
	return []byte(data), true, nil
}

func (s *sessionStore) touch(ctx context.Context, token string, now time.Time) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE identity_sessions
			SET seen = $2, until = CASE WHEN $2 + idle < expires THEN $2 + idle ELSE expires END
			WHERE token = $1 AND ended = 0 AND until > $2 AND seen <= $3`, token, store.Micros(now), store.Micros(now.Add(-seenEvery)))
		return err
	})
}

// CommitCtx saves a session. One that has been ended meanwhile stays ended.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, data []byte, _ time.Time) error {
	var v visit
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("saving a session: %w", err)
	}
	p := v.Principal
	idle := s.idle(p)
	if p == nil {
		p = &Principal{}
	}
	now := s.clock.Now()
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO identity_sessions (token, id, person, level, method, agent, created, seen, idle, until, expires, ended, data)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, 0, $11)
			ON CONFLICT (token) DO UPDATE SET id = excluded.id, person = excluded.person, level = excluded.level, method = excluded.method,
				agent = excluded.agent, seen = excluded.seen, idle = excluded.idle, data = excluded.data,
				until = CASE WHEN excluded.until < identity_sessions.expires THEN excluded.until ELSE identity_sessions.expires END
			WHERE identity_sessions.ended = 0`,
			token, p.SessionID, p.PersonID, p.LoA.String(), string(p.Method), v.Agent, store.Micros(now), idle.Microseconds(),
			store.Micros(now.Add(min(idle, s.lifetime))), store.Micros(now.Add(s.lifetime)), string(data))
		return err
	})
	if err != nil {
		return fmt.Errorf("saving a session: %w", err)
	}
	return nil
}

// DeleteCtx ends a session.
func (s *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := endSessions(ctx, tx, s.clock.Now(), `token = $2`, token)
		return err
	})
	if err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// endSessions marks the living sessions that where picks (its placeholders begin at $2) as ended, drops what they held, and gives their IDs.
func endSessions(ctx context.Context, tx *store.Tx, now time.Time, where string, args ...any) ([]string, error) {
	return store.All(ctx, tx, func(r *store.Rows) (id string, err error) { return id, r.Scan(&id) },
		`UPDATE identity_sessions SET ended = $1, until = expires, data = '' WHERE ended = 0 AND `+where+` RETURNING id`,
		append([]any{store.Micros(now)}, args...)...)
}

// Find, Commit and Delete satisfy scs.Store; scs calls the methods with a context.
func (s *sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit saves a session.
func (s *sessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete ends a session.
func (s *sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
