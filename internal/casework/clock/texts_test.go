package clock_test

import (
	"testing"

	"dygnet/internal/casework/clock"
	"dygnet/internal/kernel/i18n/i18ntest"
)

func TestEveryTextIsUsedAndExistsInBothLanguages(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, clock.Texts), ".", "clock.")
}
