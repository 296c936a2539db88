package app

import (
	"time"

	"dygnet/internal/casework/tie"
)

// openTies makes the room of what cases have to do with each other.
func (a *App) openTies() {
	a.ties = tie.New(tie.Config{
		DB: a.db, Journal: a.journal, Clock: a.clock, Cases: a.cases, Types: a.types, Organisation: a.bodies, Vault: a.vault, Index: a.index, Secrets: a.secrets, Key: a.follow,
	})
	a.every("tie.tell", 5*time.Minute, a.ties.Tell)
	a.every("tie.sweep", 24*time.Hour, a.ties.Sweep)
}
