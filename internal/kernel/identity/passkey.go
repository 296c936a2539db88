package identity

import "time"

// PasskeyInfo is one passkey as its owner sees it.
type PasskeyInfo struct {
	ID      string
	Name    string    // browser and system it was added with: "Firefox, Linux"
	Level   LoA       // the level it signs in with
	Created time.Time // UTC
	Used    time.Time // UTC; zero if never
}
