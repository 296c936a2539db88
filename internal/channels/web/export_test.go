package web

import "time"

// Hurry shortens the times of streams.
func (m *Module) Hurry(beat, pause, life time.Duration) { m.streams = newStreams(beat, pause, life) }

// StreamsOfPlace is how many streams a network may have.
const StreamsOfPlace = streamsOfPlace
