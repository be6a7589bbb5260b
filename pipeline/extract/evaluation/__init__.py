"""How well pages with known answers are read: scores, calibration, history. Nothing here reads a page itself."""
