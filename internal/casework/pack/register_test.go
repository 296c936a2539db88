package pack_test

import (
	"testing"

	"dygnet/internal/casework/pack"
	"dygnet/internal/kernel/calendar"
)

// The persona who is a resident acts for two children, a firm and an association.
func TestTheRegisterTellsWhomSomebodyMayActFor(t *testing.T) {
	p, err := pack.Load(fagersta(t))
	if err != nil {
		t.Fatal(err)
	}
	day := calendar.NewDate(2026, 11, 23)
	me := ""
	for _, one := range p.Personas {
		if one.Key == "invanare" {
			me = one.Resident
		}
	}
	kids := p.ChildrenOf(me)
	if len(kids) != 2 || !kids[0].ChildOn(day) || !kids[1].ChildOn(day) {
		t.Errorf("children %v", kids)
	}
	kinds := map[pack.FirmKind]int{}
	for _, f := range p.OrganisationsOf(me) {
		kinds[f.Kind]++
		if p.Firm(f.Number) != f {
			t.Errorf("%s is not found by its number", f.Name)
		}
	}
	if kinds[pack.AFirm] != 1 || kinds[pack.AnAssociation] != 1 {
		t.Errorf("organisations %v", kinds)
	}
	if both := p.GuardiansOf(kids[0].Key); len(both) != 2 || both[0] != p.Resident(me) {
		t.Errorf("guardians %v", both)
	}
	if p.GuardiansOf(me) != nil || p.ChildrenOf("nobody") != nil || p.OrganisationsOf("nobody") != nil || p.Resident("nobody") != nil {
		t.Error("somebody acts for nobody")
	}
	if p.Resident(me).ChildOn(day) {
		t.Error("a grown-up is a child")
	}
	single, protected := 0, 0
	for i := range p.Residents {
		if r := &p.Residents[i]; len(r.Guardians) == 1 {
			single++
		}
		if r := &p.Residents[i]; len(r.Guardians) > 0 && r.Protected {
			protected++
		}
	}
	if single < 5 || protected < 3 {
		t.Errorf("%d children with one guardian, %d with protected identity", single, protected)
	}
}

func TestAChildIsOneUntilTheDayItTurnsEighteen(t *testing.T) {
	p, err := pack.Load(fagersta(t))
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Residents {
		r := &p.Residents[i]
		day := r.Born().AddMonths(12 * 18)
		if r.ChildOn(day) || !r.ChildOn(day.AddDays(-1)) {
			t.Errorf("%s, born %s, turns eighteen %s", r.Key, r.Born(), day)
		}
	}
}
