package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/identity"
	"dygnet/internal/kernel/journal"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/ui"
)

// slug is a case number in an address: "KS 2026/00123" is KS-2026-00123.
func slug(number string) string {
	letters, rest, ok := strings.Cut(number, " ")
	if !ok {
		return number
	}
	return letters + "-" + strings.NewReplacer("-", ".", "/", "-").Replace(rest)
}

// number is the case number of a slug: letters up to the first digit (casetype.Series.Check), then the rest as it was.
func number(slug string) string {
	i := strings.IndexAny(slug, "0123456789")
	if i < 2 || slug[i-1] != '-' {
		return slug
	}
	return slug[:i-1] + " " + strings.NewReplacer("-", "/", ".", "-").Replace(slug[i:])
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// citizen is who looks from this browser: the person who is signed in, and the cases it has opened.
func (m *Module) citizen(r *http.Request) cases.Citizen {
	c := cases.Citizen{Opened: m.opened(r)}
	if who := identity.From(r.Context()); who != nil && who.Kind == identity.Citizen {
		c.Person, c.Acting = who.PersonID, m.acting(r.Context())
	}
	return c
}

// keptReceipt is where an officer's session holds the case that was taken in last.
const keptReceipt = "receipt"

// official tells whether somebody who works here is signed in.
func official(r *http.Request) bool {
	who := identity.From(r.Context())
	return who != nil && who.Kind == identity.Staff
}

// stranger tells whether an officer stands at an e-service that takes in matters of citizens who have signed in. Their own sign-in says
// nothing of who hands in the matter: they take it in for somebody, by telephone or at the desk.
func stranger(r *http.Request, ct *casetype.CaseType) bool {
	return official(r) && ct.Auth.Level != casetype.LevelNone
}

// receiver is who may have the receipt: the citizen, and the officer who has just taken the matter in.
func (m *Module) receiver(r *http.Request) cases.Citizen {
	c := m.citizen(r)
	if official(r) {
		if id := m.Sessions.Kept(r, keptReceipt); id != "" {
			c.Opened = slices.Insert(c.Opened, 0, id)
		}
	}
	return c
}

// doneView is the receipt page.
type doneView struct {
	ui.Page
	view    cases.CitizenView
	code    string
	sent    string // when, in words
	due     string
	next    string
	receipt string // address of the receipt file
	follow  string // address of the case
	paper   string // address of the paper, "" for an officer, who may not see the case
	again   bool
}

// done is the receipt of the last matter of this kind that this browser handed in.
func (m *Module) done(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l := i18n.From(ctx)
	who := m.receiver(r)
	for _, id := range who.Opened {
		v, err := m.Cases.CitizenView(ctx, who, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && v.Case.TypeID != r.PathValue("type") {
			continue
		}
		if err != nil {
			return err
		}
		page := m.page(r, ui.T(ctx, "public.done.title"), "/e-tjanster")
		page.Of = v.Type.Title.In(l.Lang())
		page.NoIndex = true
		paper := "/folj/" + slug(v.Case.Number) + "/inlamning.pdf"
		if official(r) {
			paper = ""
		}
		return ui.Render(w, r, http.StatusOK, donePage(doneView{
			Page: page, view: v, code: m.Codes.FollowCode(v.Case.ID), sent: l.DateTime(v.Case.ReceivedAt), due: l.Date(v.Case.Due),
			next: v.Type.WhatNext.In(l.Lang()), receipt: "/kvitto/" + slug(v.Case.Number) + ".json", follow: "/folj/" + slug(v.Case.Number), paper: paper,
			again: r.URL.Query().Get("igen") != "",
		}))
	}
	return see(w, r, "/e-tjanster/"+r.PathValue("type"))
}

// receipt is the proof of a submission as a file, for whoever may see the case.
func (m *Module) receipt(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	name, ok := strings.CutSuffix(r.PathValue("file"), ".json")
	if !ok {
		return store.ErrNotFound
	}
	id, err := m.Cases.ByNumber(ctx, number(name))
	if err != nil {
		return err
	}
	v, err := m.Cases.CitizenView(ctx, m.receiver(r), id)
	if err != nil {
		return err
	}
	receipt, err := m.Journal.Receipt(ctx, v.Case.Entry, v.Case.Number)
	if errors.Is(err, journal.ErrNotSealed) {
		return m.notSealed(w, r)
	}
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(receipt, "", "  ")
	if err != nil {
		return fmt.Errorf("writing a receipt: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="kvitto-`+name+`.json"`)
	_, _ = w.Write(append(body, '\n'))
	return nil
}

// notSealed says that the receipt is ready in a second.
func (m *Module) notSealed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	page := m.page(r, ui.T(ctx, "public.sealing.title"), "")
	page.NoIndex = true
	w.Header().Set("Retry-After", "1")
	return ui.Render(w, r, http.StatusServiceUnavailable, ui.Message{Page: page, Lead: ui.T(ctx, "public.sealing.lead"),
		Ways: []ui.Link{{Text: ui.T(ctx, "public.sealing.again"), Href: r.URL.Path}}})
}
