package desk

import (
	"bytes"
	"fmt"
	"mime"
	"strconv"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/printout"
	"dygnet/internal/casework/reach"
	"dygnet/internal/kernel/civic"
	"dygnet/internal/kernel/documents"
)

// printed sends what was handed in as a PDF, to an officer who may read the case.
func printed(v *visit) error {
	view, err := v.Cases.View(v.Ctx(), v.Who, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	shown := cases.CitizenView{Case: view.Case, Type: view.Type, Events: view.Events, Documents: view.Documents}
	if len(view.Events) > 0 && view.Events[0].Data.Acting != nil {
		shown.Acting = *view.Events[0].Data.Acting
	}
	var pdf bytes.Buffer
	if err := printout.Sheet(v.L, v.Town, shown).Write(&pdf); err != nil {
		return fmt.Errorf("printing a submission: %w", err)
	}
	h := v.W.Header()
	h.Set("Content-Type", documents.PDF)
	h.Set("Content-Length", strconv.Itoa(pdf.Len()))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": printout.FileName(v.L, view.Case.Number)}))
	h.Set("X-Content-Type-Options", "nosniff")
	_, err = v.W.Write(pdf.Bytes())
	return err
}

// ground says that a party acts for the one who is concerned, and on what ground.
func (v *visit) ground(p cases.Party) string {
	if p.Ground == "" {
		return ""
	}
	return v.T("desk.acts", "Ground", v.T("printout.ground."+p.Ground))
}

// wishes says that a party does not want e-mail.
func (v *visit) wishes(p cases.Party) string {
	if v.Reach == nil || p.Person == "" {
		return ""
	}
	w, err := v.Reach.Mine(v.Ctx(), p.Person)
	if err != nil || w.By[reach.Message] == reach.Email {
		return ""
	}
	return v.T("desk.wants." + string(w.By[reach.Message]))
}

// number writes an organisation's number as people do.
func (v *visit) number(digits string) string {
	if n, err := civic.Parse(digits, v.Today()); err == nil {
		return n.Format()
	}
	return digits
}
