"""Where results go: one output per file, all fed with the same moments of a run."""
