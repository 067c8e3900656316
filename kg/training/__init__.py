"""Making the classifier: examples from annotated sentences, the fast linear stage, the transformer. Not needed at
run time."""
