package app

import (
	"context"
	"net/http"
	"strings"
	"time"

	"dygnet/internal/casework/office"
	"dygnet/internal/casework/task"
	"dygnet/internal/channels/email"
	"dygnet/internal/kernel/calendar"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
	"dygnet/internal/kernel/web"
)

// remindEvery is how often those who have not answered are looked for.
const remindEvery = time.Hour

// openTasks makes what people ask of each other in cases.
func (a *App) openTasks(days *calendar.Calendar) {
	a.tasks = task.New(task.Config{
		DB: a.db, Journal: a.journal, Clock: a.clock, Days: days, Cases: a.cases, Organisation: a.bodies, Vault: a.vault, Log: a.log, Waits: task.DefaultWaits(),
		Post: askedPost{a}, Deputies: &standIns{a: a},
	})
	a.every("task.remind", remindEvery, func(ctx context.Context) error {
		_, err := a.tasks.Remind(ctx)
		return err
	})
}

// taskPages are the pages of tasks, remisser and approvals.
func (a *App) taskPages(door *office.Office) *task.Pages {
	return &task.Pages{
		Service: a.tasks, Office: door, Base: strings.TrimRight(a.cfg.BaseURL, "/"),
		Public: func(r *http.Request, title string) ui.Page {
			return ui.Page{Site: a.site, Title: title, Path: r.URL.RequestURI(), NoIndex: true}
		},
		Limiter: web.NewLimiter(web.LimiterOptions{Every: 10 * time.Second, Burst: 20, Clock: a.clock}),
	}
}

// askedPost writes letters to those who are asked for something.
type askedPost struct{ a *App }

func (p askedPost) Write(ctx context.Context, tx *store.Tx, l task.Letter) error {
	if p.a.sender == nil {
		return nil
	}
	m := p.a.pack.Municipality
	_, err := p.a.sender.Enqueue(ctx, tx, email.Asked(p.a.texts.For(l.Lang), email.Town{Name: m.Name, BaseURL: p.a.cfg.BaseURL, Phone: m.Contact.Phone}, email.AboutAsked{
		Kind: string(l.Kind), To: l.To, CaseID: l.CaseID, Number: l.Number, Path: l.Path, Day: l.Day,
	}))
	return err
}
