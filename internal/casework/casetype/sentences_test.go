package casetype

import (
	"slices"
	"testing"

	"dygnet/internal/kernel/calendar"
)

// refused gives the paths of what is wrong with sample when it is changed.
func refused(change func(*Definition)) []string {
	d := sample()
	change(&d)
	_, issues := Compile(d)
	var paths []string
	for _, issue := range issues {
		paths = append(paths, issue.Path)
	}
	return paths
}

func TestS2_M1_2_NoServiceIsDigitalOnly(t *testing.T) {
	for _, way := range Way("").Values() {
		ways := []Way{Web, Email, Way(way)}
		if got := refused(func(d *Definition) { d.ContactWays = ways }); slices.Contains(got, "contactWays") != Way(way).Digital() {
			t.Errorf("%v: %v", ways, got)
		}
	}
}

func TestS2_M2_3_EveryServiceHasMoreThanOneWayOfContact(t *testing.T) {
	for _, ways := range [][]Way{nil, {Phone}, {Visit}} {
		if !slices.Contains(refused(func(d *Definition) { d.ContactWays = ways }), "contactWays") {
			t.Errorf("%v is enough", ways)
		}
	}
}

func TestS2_M3_1_AMatterReachesTheOneItIsAddressedTo(t *testing.T) {
	ct := compiled(t)
	for _, to := range []string{"body:KS", "politician:anna-ek"} {
		clean, faults := ct.Validate(with(whole(), "to", to))
		if got := ct.Route(clean).Recipient.String(); got != to || faults != nil {
			t.Errorf("addressed to %s, goes to %s (%v)", to, got, faults)
		}
	}
}

func TestS8_24_1_EveryServiceSaysWhenToExpectAnAnswer(t *testing.T) {
	for _, change := range []func(*Definition){
		func(d *Definition) { d.Deadlines.Acknowledge = calendar.Period{} },
		func(d *Definition) { d.Deadlines.Target = calendar.Period{} },
	} {
		if !slices.Contains(refused(change), "deadlines") {
			t.Error("a service without an expected answer time is published")
		}
	}
}

func TestS8_B_1_EveryServiceNamesItsLaw(t *testing.T) {
	if !slices.Contains(refused(func(d *Definition) { d.LegalBasis = nil }), "legalBasis") {
		t.Error("a service without law is published")
	}
}

func TestS8_G_1_APlaceHasCoordinates(t *testing.T) {
	clean, faults := compiled(t).Validate(Answers{"what": {"lamp"}, "where.lat": {"59,99"}, "where.lon": {"15.79"}, "anonymous": {"yes"}})
	if p, ok := clean.Place("where"); !ok || !p.HasPoint || p.Lat != 59.99 || p.Lon != 15.79 || faults != nil {
		t.Errorf("%+v %v", p, faults)
	}
}
