"""Words on a page: vocabulary, sentences, what governs them, how they stand to a mention (assertion), levels of care."""
