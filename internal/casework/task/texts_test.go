package task_test

import (
	"testing"

	"dygnet/internal/casework/task"
	"dygnet/internal/kernel/i18n/i18ntest"
)

func TestTextsAreCompleteAndPlain(t *testing.T) {
	i18ntest.Used(t, i18ntest.Complete(t, task.Texts), ".", "task.")
}
