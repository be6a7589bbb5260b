"""The pages of one site → its listings: which pages speak, of which level, track and office. One page is read in `reading`."""
