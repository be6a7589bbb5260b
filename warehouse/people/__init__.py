"""Who is a person: names of clinicians in what sources print, told from places and institutions that are named after people."""
