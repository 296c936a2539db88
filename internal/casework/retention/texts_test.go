package retention_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"dygnet/internal/casework/retention"
	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/i18n/i18ntest"
)

func TestTextsAreCompleteAndPlain(t *testing.T) {
	texts := i18ntest.Complete(t, retention.Texts)
	i18ntest.Used(t, texts, ".", "retention.")
	l := texts.For(i18n.SV)
	for _, file := range []string{"list_page.go", "case_page.go"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`"(retained\.said\.[a-z]+)"`).FindAllStringSubmatch(string(raw), -1) {
			if !l.Has(found[1]) {
				t.Errorf("there is no text %s", found[1])
			}
		}
		if !strings.Contains(string(raw), "retained.said.") {
			t.Errorf("%s says nothing of what was done", file)
		}
	}
}
