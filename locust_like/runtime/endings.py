"""Why runs end, as parts of a sentence."""

TIME_LIMIT = "time limit reached"
ITERATIONS_DONE = "all iterations done"
BY_SCRIPT = "ended by the script"
SHAPE_ENDED = "the load shape has ended"
