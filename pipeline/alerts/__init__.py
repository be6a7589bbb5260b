"""What is wrong now, and telling people: `wrong` judges, `messages` puts it into words, `tell` sends what was not told yet."""
