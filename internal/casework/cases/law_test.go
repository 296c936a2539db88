package cases_test

import (
	"errors"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/cases/casestest"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/store"
	"dygnet/internal/kernel/store/storetest"
)

// FL 32 §: the reasons say which provisions have been applied. Where the case type says so, a decision without one is refused.
func TestS8_B_1_ADecisionThatRequiresLawCitesAProvision(t *testing.T) {
	storetest.Each(t, casestest.Rooms(), func(t *testing.T, db *store.DB) {
		w := casestest.New(t, db)
		for text, refused := range map[string]bool{
			"Lampan är lagad.":                           true,
			"Lampan är lagad enligt förvaltningslagen.":  true, // no provision
			"Lampan är lagad, se 3 §.":                   true, // of no statute that can be told
			"Lampan är lagad enligt 5 § FL.":             false,
			"Enligt 2 kap. 7 § PBL lagas lampan.":        false,
			"Lagat med stöd av 9 § lagen (2001:100) om.": false,
		} {
			w.Lamp.Decision("lagad").Requires = []casetype.Requirement{casetype.NeedLaw}
			id := w.HandIn(t, casetype.Answers{"what": {"x"}}).CaseID
			if _, err := w.Claim(t.Context(), w.As("anna"), cases.On{Case: id, Version: 1}); err != nil {
				t.Fatal(err)
			}
			_, err := w.Decide(t.Context(), w.As("anna"), cases.On{Case: id}, cases.Ruling{Key: "lagad", Text: text})
			if refused != errors.Is(err, cases.ErrLaw) || !refused && err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}
