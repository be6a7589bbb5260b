"""One request over the wire: checked addresses, robots.txt, pace, TLS, limits, and what can go wrong. No choice of pages."""
