"""The pages of one site together: offices, tracks and services → listings."""
