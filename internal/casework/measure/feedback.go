package measure

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
)

// feedbackKind is the kind of an answer in the journal.
const feedbackKind = "feedback"

// ActionAnswered is the journal's word for feedback.
const ActionAnswered = "feedback.given"

// Errors of feedback that a page answers.
var (
	ErrScore = errors.New("the score is not one of 1 to 5")
	ErrGiven = errors.New("this case has been answered for")
)

// MaxWords is how long the words of feedback may be, in characters.
const MaxWords = 1000

// Give keeps what somebody thinks of how a case was handled: a score of 1 to 5, and perhaps some words, without what looks like personal
// data. It is kept with the case type; of the case only that it has been answered for. The caller has seen that the one who answers may
// see the case, and that it is closed. A second answer is ErrGiven.
func (s *Service) Give(ctx context.Context, caseID, typeID string, score int, words string) error {
	if score < 1 || score > 5 {
		return ErrScore
	}
	words = screened(words, s.today())
	id := store.NewID()
	_, err := s.Journal.Do(ctx, func(ctx context.Context, tx *store.Tx) (journal.Entry, error) {
		n, err := tx.Exec(ctx, `INSERT INTO feedback_given (case_id) VALUES ($1) ON CONFLICT DO NOTHING`, caseID)
		if err == nil && n == 0 {
			err = ErrGiven
		}
		if err != nil {
			return journal.Entry{}, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO feedback (id, type_id, at, score, words) VALUES ($1, $2, $3, $4, $5)`, id, typeID, store.Micros(s.Clock.Now()), score, words)
		return journal.Entry{Action: ActionAnswered, Object: journal.Ref{Kind: feedbackKind, ID: id}, Payload: map[string]any{"type": typeID, "score": score}}, err
	})
	if err != nil {
		return fmt.Errorf("keeping feedback: %w", err)
	}
	return nil
}

// Given tells whether somebody has answered for a case.
func (s *Service) Given(ctx context.Context, caseID string) (bool, error) {
	var n int
	if err := s.db.QueryRow(ctx, `SELECT count(*) FROM feedback_given WHERE case_id = $1`, caseID).Scan(&n); err != nil {
		return false, fmt.Errorf("looking for feedback: %w", err)
	}
	return n > 0, nil
}

var (
	address   = regexp.MustCompile(`[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+`)
	telephone = regexp.MustCompile(`\+?\d[\d \-/()]{5,}\d`)
)

// screened is a text without what looks like personnummer, e-mail addresses and telephone numbers.
func screened(text string, at calendar.Date) string {
	text = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r", ""))
	if c := []rune(text); len(c) > MaxWords {
		text = string(c[:MaxWords])
	}
	found := civic.Find(text, at)
	for i := len(found) - 1; i >= 0; i-- {
		text = text[:found[i].Start] + "[…]" + text[found[i].End:]
	}
	return telephone.ReplaceAllString(address.ReplaceAllString(text, "[…]"), "[…]")
}

// Answer is one person's feedback.
type Answer struct {
	Day   calendar.Date
	Score int
	Words string
}

// Answers are the latest of a case type with their words, newest first.
func (s *Service) Answers(ctx context.Context, typeID string, limit int) ([]Answer, error) {
	list, err := store.All(ctx, s.db, func(r *store.Rows) (Answer, error) {
		var a Answer
		var at int64
		err := r.Scan(&at, &a.Score, &a.Words)
		a.Day = calendar.DateOf(store.Time(at))
		return a, err
	}, `SELECT at, score, words FROM feedback WHERE type_id = $1 ORDER BY at DESC, id DESC LIMIT $2`, typeID, limit)
	if err != nil {
		return nil, fmt.Errorf("reading feedback: %w", err)
	}
	return list, nil
}

// Scores counts the answers of a case type of the last 90 days by score: [0] is how many gave 1.
func (s *Service) Scores(ctx context.Context, typeID string) ([5]int, error) {
	var out [5]int
	rows, err := s.db.Query(ctx, `SELECT score, count(*) FROM feedback WHERE type_id = $1 AND at >= $2 GROUP BY score`, typeID, store.Micros(s.today().AddDays(-90).Start()))
	if err != nil {
		return out, fmt.Errorf("counting feedback: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var score, n int
		if err := rows.Scan(&score, &n); err != nil {
			return out, fmt.Errorf("counting feedback: %w", err)
		}
		out[score-1] = n
	}
	return out, rows.Err()
}

// answers adds the feedback of the last 90 days, and of that what has come since the last improvement.
func (s *Service) answers(ctx context.Context, q store.Queryer, into *snapshot, since time.Time, settled map[about]time.Time) error {
	rows, err := q.Query(ctx, `SELECT type_id, at, score FROM feedback WHERE at >= $1`, store.Micros(since))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		var at int64
		var score int
		if err := rows.Scan(&id, &at, &score); err != nil {
			return err
		}
		f := into.byType[id]
		f.Answers, f.Score = f.Answers+1, f.Score+score
		if store.Time(at).After(settled[about{id, Opinion}]) {
			f.recent.answers, f.recent.score = f.recent.answers+1, f.recent.score+score
		}
		into.byType[id] = f
	}
	return rows.Err()
}
