package cases

import (
	"errors"
	"testing"
)

func TestAProvisionIsReadAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]string{
		"21 kap. 1 § OSL": "21 kap. 1 § OSL", "OSL 21:1": "21 kap. 1 § OSL", "osl 21:1": "21 kap. 1 § OSL", "21:1": "21 kap. 1 § OSL", "OSL 21 kap 1§": "21 kap. 1 § OSL",
		"25 kap. 18a §": "25 kap. 18 a § OSL", "25 kap. 18 a § OSL": "25 kap. 18 a § OSL", "21": "21 kap. OSL", "26 kap. offentlighets- och sekretesslagen (2009:400)": "26 kap. OSL",
		"21 kap. 1–3 §§ OSL": "21 kap. 1–3 §§ OSL", "Enligt 21:1": "21 kap. 1 § Enligt", "17 kap. 3 § i SoL": "17 kap. 3 § SoL", "10 § FL": "10 § FL", " OSL\u00a021:3 ": "21 kap. 3 § OSL",
	} {
		got, err := ParseProvision(text)
		if err != nil || got.String() != want {
			t.Errorf("%q is read as %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "hälsa", "OSL", "2021:1234", "21:1:5:6", "21 kap. <b>", "enligt lagen om 21:1 och"} {
		if got, err := ParseProvision(text); !errors.Is(err, ErrProvision) {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
	}
}

func FuzzParseProvision(f *testing.F) {
	for _, seed := range []string{"21 kap. 1 § OSL", "OSL 21:1", "25 kap. 18 a §", "21 kap. 1–3 §§", "§", "10 § FL"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseProvision(text)
		if err != nil {
			return
		}
		again, err := ParseProvision(p.String())
		if err != nil || again != p {
			t.Errorf("%q gives %#v, which written is read as %#v, %v", text, p, again, err)
		}
	})
}
