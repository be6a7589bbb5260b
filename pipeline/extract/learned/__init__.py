"""What was fitted on labelled pages: linear models as tables of weights. Fitting them is in `evaluation/`."""
