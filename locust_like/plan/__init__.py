"""From options and locustfiles to one frozen RunPlan; nothing here starts a load."""
