"""The command line: early exits, patching, dispatch. Nothing imports this package."""
