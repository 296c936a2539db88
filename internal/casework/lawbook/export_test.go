package lawbook

// Count counts that a § has been read, as its page does.
func Count(s *Service, p Provision) { s.count(p) }
