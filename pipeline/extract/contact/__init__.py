"""Where a provider is, how it is reached, who pays, what it speaks, and who accredits it."""
