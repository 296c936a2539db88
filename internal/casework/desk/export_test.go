package desk

import "time"

// Settle is difference.settled for the tests of its law.
func Settle(saw, now, typed, choice string) (string, bool) {
	return difference{Saw: saw, Now: now, Typed: typed}.settled(choice)
}

// Hurry shortens the times of streams.
func (m *Module) Hurry(beat, pause, life time.Duration) {
	m.streams = newStreams(beat, pause, life)
}

// StreamsOfEach is how many streams a session may have.
const StreamsOfEach = streamsOfEach
