package clock

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/deadline"
	"dygnet/internal/kernel/access"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// What happens to the time of a case. The kinds are stored: do not rename them.
const (
	Suspended      cases.EventKind = "clock_suspended"
	Resumed        cases.EventKind = "clock_resumed"
	Extended       cases.EventKind = "clock_extended"
	Completed      cases.EventKind = "clock_complete"
	InitiatedBy    cases.EventKind = "clock_initiator"
	Delayed        cases.EventKind = "clock_delay_notice"    // FL 11 §
	Requested      cases.EventKind = "clock_request"         // FL 12 §
	RequestUntried cases.EventKind = "clock_request_untried" // one that FL 12 § gives no right to
	RequestRefused cases.EventKind = "clock_request_refused" // FL 12 § second paragraph
	stagePrefix                    = "clock_stage_"          // and the stage, and _to when somebody was told
	ownPrefix                      = "clock_"
)

func own(k cases.EventKind) bool { return strings.HasPrefix(string(k), ownPrefix) }

// Journal actions of the clock.
const (
	ActionSuspended = "clock.suspended"
	ActionResumed   = "clock.resumed"
	ActionExtended  = "clock.extended"
	ActionComplete  = "clock.complete"
	ActionInitiator = "clock.initiator"
	ActionDelayed   = "clock.delay_notice"
	ActionRequested = "clock.request"
	ActionRefused   = "clock.request_refused"
	ActionStage     = "clock.stage"
)

// RefusalKey is the key of the decision that refuses a request under FL 12 §. It is none of the case type's: the matter is not decided.
const RefusalKey = "fl-12-avslag"

// Why an act on the time of a case is refused, beside the errors of packages deadline and cases.
var (
	ErrReason  = errors.New("a reason is needed")
	ErrFuture  = errors.New("the day has not come")
	ErrBefore  = errors.New("the day is before the matter came in")
	ErrDecided = errors.New("the matter is decided, so its time has ended")
	ErrWaits   = errors.New("the time stands still because of the status; change the status instead")
	ErrStands  = errors.New("the time stands still; let it go on first")
	ErrNoLaw   = errors.New("the case type has no such time")
	ErrNothing = errors.New("there is no request to answer")
	ErrParty   = errors.New("only the one who initiated the matter may ask")
)

// Config is what the clock stands on. All fields are required.
type Config struct {
	Keeper *Keeper // the one that the cases are watched by
	DB     *store.DB
	Cases  *cases.Service
	Types  cases.Types
	// Directory is who works where, for whom to tell.
	Directory func() *bodies.Directory
	// Say gives the words of letters in a language.
	Say func(i18n.Lang) *i18n.Localizer
	Log *slog.Logger
}

// Service is the use cases of the clock.
type Service struct{ Config }

// New gives a service.
func New(c Config) *Service { return &Service{c} }

// Clock is the time of a case: what has happened to it, and its days as they are today.
type Clock struct {
	Course
	Times
}

// Of is the time of a case that a page shows, with the events of it that the page has read; one query.
func (s *Service) Of(ctx context.Context, c *cases.Case, ct *casetype.CaseType, list []cases.Event) (Clock, error) {
	r, err := rowOf(ctx, s.DB, c.ID)
	if errors.Is(err, store.ErrNotFound) {
		r, err = row{course: s.Keeper.from(c, ct, list)}, nil
	}
	if err != nil {
		return Clock{}, err
	}
	return Clock{r.course, s.Keeper.times(c, ct, r.course, s.Keeper.today())}, nil
}

// Propose tells whether the party ought to be told of a delay (FL 11 §).
func (s *Service) Propose(c Clock) bool { return s.Keeper.Propose(c.Times, c.Course) }

// MayAsk tells whether the party may ask today that the matter is decided (FL 12 §), and if not why.
func (s *Service) MayAsk(c *cases.Case, ct *casetype.CaseType, k Clock) deadline.Refusal {
	return s.Keeper.rules.MayAsk(s.Keeper.days, matter(c, ct, k.Course), k.On)
}

// work is an act on the time of a case under way.
type work struct {
	*cases.Act
	Clock
}

// with gives an act the time of its case, and keeps what it makes of it.
func (s *Service) with(do func(ctx context.Context, w *work) error) func(context.Context, *cases.Act) error {
	return func(ctx context.Context, a *cases.Act) error {
		r, err := rowOf(ctx, a.Tx, a.Case.ID)
		if errors.Is(err, store.ErrNotFound) {
			r, err = s.Keeper.fresh(ctx, a.Tx, a.Case, a.Type)
		}
		if err != nil {
			return err
		}
		w := &work{a, Clock{r.course.clone(), s.Keeper.times(a.Case, a.Type, r.course, calendar.DateOf(a.Now))}}
		if err := do(ctx, w); err != nil {
			return err
		}
		return s.Keeper.put(ctx, a.Tx, a.Case, a.Type, w.Course, false)
	}
}

// running refuses an act on a time that has ended.
func (w *work) running() error {
	if !w.Case.Open {
		return cases.ErrClosed
	}
	if !w.Running {
		return ErrDecided
	}
	return nil
}

// out makes the act a letter to the party, in their language, entered in the diarium.
func (s *Service) out(w *work, kind cases.EventKind, text string) {
	w.Event.Kind, w.Event.Body = kind, text
	w.Handling = &cases.Handling{Direction: cases.Out, Kind: string(kind), Party: partyName(w.Parties, w.On)}
}

// partyName is the name of the one who handed the matter in as the diarium shows it: nothing that has an identity number in it.
func partyName(list []cases.Party, day calendar.Date) string {
	if len(list) == 0 || len(civic.Find(list[0].Name, day)) > 0 {
		return ""
	}
	return list[0].Name
}

// Suspend lets the promised time stand still from today, up to a day if one is given; why is read by the party. The time of a statute does
// not stand still for this: only in the statuses that the case type says.
func (s *Service) Suspend(ctx context.Context, who access.Actor, on cases.On, why string, until calendar.Date) error {
	_, err := s.Cases.Do(ctx, who, on, access.CaseStatus, ActionSuspended, s.with(func(_ context.Context, w *work) error {
		if err := w.running(); err != nil {
			return err
		}
		if why = strings.TrimSpace(why); why == "" {
			return ErrReason
		}
		if _, made, standing := w.Times.Standing(w.Course); standing && !made {
			return ErrWaits
		}
		run, err := deadline.Run{Rule: w.Promise.Rule, From: w.Promise.From, Stops: w.Stops}.Suspend(deadline.Stop{From: w.On, Until: until, Reason: why})
		if err != nil {
			return err
		}
		w.Stops = run.Stops
		w.Event.Kind, w.Event.Body, w.Event.Data.Day = Suspended, why, until
		return nil
	}))
	return wrap("suspending the time of a case", err)
}

// Resume lets the promised time go on from today.
func (s *Service) Resume(ctx context.Context, who access.Actor, on cases.On) error {
	_, err := s.Cases.Do(ctx, who, on, access.CaseStatus, ActionResumed, s.with(func(_ context.Context, w *work) error {
		if err := w.running(); err != nil {
			return err
		}
		_, made, standing := w.Times.Standing(w.Course)
		if standing && !made {
			return ErrWaits
		}
		run, err := deadline.Run{Stops: w.Stops}.Resume(w.On)
		if err != nil {
			return err
		}
		w.Stops = run.Stops
		w.told([]telling{{stage: GoesOn, of: w.On}})
		w.Event.Kind, w.Event.Data.Day = Resumed, s.Keeper.times(w.Case, w.Type, w.Course, w.On).Due
		return nil
	}))
	return wrap("resuming the time of a case", err)
}

// Extend gives the case a later day, of law or of promise, and tells the party in a letter why. A statutory time can be extended only as
// its statute says.
func (s *Service) Extend(ctx context.Context, who access.Actor, on cases.On, kind deadline.Kind, why string, to calendar.Date) error {
	_, err := s.Cases.Do(ctx, who, on, access.CaseStatus, ActionExtended, s.with(func(_ context.Context, w *work) error {
		if err := s.mayMove(w, &why); err != nil {
			return err
		}
		e := deadline.Extension{On: w.On, To: to, Reason: why}
		say := s.Say(w.Case.Lang)
		switch kind {
		case deadline.Statutory:
			if w.Law == nil {
				return ErrNoLaw
			}
			run, err := w.Law.Extend(s.Keeper.days, e)
			if err != nil {
				return err
			}
			w.LawLonger = run.Extensions
			w.Event.Data.Law = run.Rule.Provision.String()
			s.out(w, Extended, say.T("clock.letter.law", "Number", w.Case.Number, "Day", say.Date(to), "Law", run.Rule.Provision.String(), "Reason", why))
		default:
			run, err := w.Promise.Extend(s.Keeper.days, e)
			if err != nil {
				return err
			}
			w.Longer = run.Extensions
			s.out(w, Extended, say.T("clock.letter.promise", "Number", w.Case.Number, "Day", say.Date(to), "Reason", why))
		}
		w.Event.Data.Day = to
		return w.May(access.CaseMessage)
	}))
	return wrap("extending the time of a case", err)
}

// mayMove is what every letter of a later day takes: a time that runs, and a reason.
func (s *Service) mayMove(w *work, why *string) error {
	if err := w.running(); err != nil {
		return err
	}
	if *why = strings.TrimSpace(*why); *why == "" {
		return ErrReason
	}
	if _, _, standing := w.Times.Standing(w.Course); standing {
		return ErrStands
	}
	return nil
}

// DelayNotice tells the party that the decision will be materially late, why, and when it is expected instead (FL 11 §).
func (s *Service) DelayNotice(ctx context.Context, who access.Actor, on cases.On, why string, to calendar.Date) error {
	_, err := s.Cases.Do(ctx, who, on, access.CaseMessage, ActionDelayed, s.with(func(_ context.Context, w *work) error {
		if err := s.mayMove(w, &why); err != nil {
			return err
		}
		run, err := w.Promise.Extend(s.Keeper.days, deadline.Extension{On: w.On, To: to, Reason: why})
		if err != nil {
			return err
		}
		w.Longer, w.Noticed = run.Extensions, w.On
		say := s.Say(w.Case.Lang)
		s.out(w, Delayed, say.T("clock.letter.delay", "Number", w.Case.Number, "Day", say.Date(to), "Reason", why))
		w.Event.Data.Day, w.Event.Data.Law = to, s.provision(deadline.FL11, w.On)
		return nil
	}))
	return wrap("telling of a delay", err)
}

// provision is the provision of a rule on a day.
func (s *Service) provision(key string, on calendar.Date) string {
	r, _ := s.Keeper.rules.On(key, on)
	return r.Provision.String()
}

// Complete says from which day the matter is complete, where the case type's statute counts from that.
func (s *Service) Complete(ctx context.Context, who access.Actor, on cases.On, day calendar.Date) error {
	_, err := s.Cases.Do(ctx, who, on, access.CaseStatus, ActionComplete, s.with(func(_ context.Context, w *work) error {
		law := w.Type.Deadlines.Statutory
		switch {
		case w.running() != nil:
			return w.running()
		case law == nil || law.From != casetype.FromComplete:
			return ErrNoLaw
		case day.After(w.On):
			return ErrFuture
		case day.IsZero() || day.Before(calendar.DateOf(w.Case.ReceivedAt)):
			return ErrBefore
		}
		w.Course.Complete = day
		w.Event.Kind, w.Event.Data.Day, w.Event.Data.Law = Completed, day, law.Law.Short()
		return nil
	}))
	return wrap("saying that a matter is complete", err)
}

// Initiated says who initiated the matter, which is what FL 11 and 12 §§ ask.
func (s *Service) Initiated(ctx context.Context, who access.Actor, on cases.On, by Initiator) error {
	_, err := s.Cases.Do(ctx, who, on, access.CaseStatus, ActionInitiator, s.with(func(_ context.Context, w *work) error {
		if !slices.Contains(Initiators(), by) {
			return cases.ErrEmpty
		}
		if by == w.Initiator {
			return cases.ErrNothing
		}
		w.Event.Kind, w.Event.Internal, w.Event.Data = InitiatedBy, true, cases.EventData{From: string(w.Initiator), To: string(by)}
		w.Initiator = by
		return nil
	}))
	return wrap("saying who initiated a matter", err)
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
