"""What a run is made of: environment, runner, states, and when users start and stop."""
