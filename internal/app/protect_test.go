package app

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/bodies"
	"dygnet/internal/kernel/journal"
)

// Somebody gets protected personal data after having written to the municipality: by hand, or through an import.
func TestP_K_WhoeverBecomesProtectedIsSoInEarlierMattersToo(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, h *house) error{
		"person.updated": func(t *testing.T, h *house) error {
			p, err := h.bodies.PersonByKey(t.Context(), "r002")
			if err != nil {
				return err
			}
			p.Protected = true
			return h.bodies.UpdatePerson(t.Context(), bodies.By{Person: journal.System}, p)
		},
		"organisation.imported": func(t *testing.T, h *house) error {
			o := bodies.Organisation{}
			p, err := h.bodies.PersonByKey(t.Context(), "r002")
			p.Protected = true
			o.Persons = []bodies.ImportedPerson{{Person: p}}
			if err != nil {
				return err
			}
			_, err = h.bodies.Import(t.Context(), bodies.By{Person: journal.System}, o)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, io.Discard)
			id := h.handIn(t, "felanmalan", "r002", casetype.Answers{
				"kategori": {"gatubelysning"}, "beskrivning": {"Lampan"}, "slackta": {"en"}, "farligt": {"no"}, "plats.text": {"Vid skolan"},
				"anonym": {"no"}, "kontakt.name": {"Sven Lundin"}, "kontakt.email": {"sven.lundin.2@example.org"},
			})
			ctx, stop := context.WithCancel(t.Context())
			woken := h.live.Subscribe(ctx, "case:"+id)
			if err := h.dispatcher.Start(ctx); err != nil {
				t.Fatal(err)
			}
			h.queue.Start(ctx)
			defer func() {
				stop() // the letter that is on its way need not arrive
				_ = h.queue.Stop(ctx)
				h.dispatcher.Stop()
			}()
			if err := change(t, h); err != nil {
				t.Fatal(err)
			}
			select {
			case <-woken:
			case <-time.After(30 * time.Second):
				t.Fatal("nothing happened to the matter")
			}
			c, err := h.cases.Case(t.Context(), id)
			if err != nil || !c.Protected {
				t.Errorf("protected %v, %v", c.Protected, err)
			}
			if w := h.ask(t, h.as(t, "kontaktcenter"), http.MethodGet, "/arbete/arenden/"+id, nil); w.Code != http.StatusNotFound {
				t.Errorf("the open unit gets %d", w.Code)
			}
		})
	}
}
