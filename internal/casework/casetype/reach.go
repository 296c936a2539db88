package casetype

func (c *checker) reachable() {}
