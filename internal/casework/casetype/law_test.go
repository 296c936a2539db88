package casetype_test

import (
	"testing"

	"dygnet/internal/casework/casetype"
)

func TestAProvisionReadsWellWhateverItLacks(t *testing.T) {
	for _, c := range []struct {
		law         casetype.Law
		long, short string
	}{
		{casetype.Law{SFS: "2009:400", Label: "OSL", Chapter: "21", Section: "3"}, "OSL (2009:400) 21 kap. 3 §", "OSL 21:3"},
		{casetype.Law{SFS: "2009:400", Label: "OSL", Chapter: "6"}, "OSL (2009:400) 6 kap.", "OSL 6 kap."},
		{casetype.Law{SFS: "2017:900", Label: "FL", Section: "12"}, "FL (2017:900) 12 §", "FL 12 §"},
		{casetype.Law{SFS: "EU 2016/679", Label: "GDPR artikel 15"}, "GDPR artikel 15 (EU 2016/679)", "GDPR artikel 15"},
	} {
		if got := c.law.String(); got != c.long {
			t.Errorf("%q, want %q", got, c.long)
		}
		if got := c.law.Short(); got != c.short {
			t.Errorf("%q, want %q", got, c.short)
		}
	}
}
