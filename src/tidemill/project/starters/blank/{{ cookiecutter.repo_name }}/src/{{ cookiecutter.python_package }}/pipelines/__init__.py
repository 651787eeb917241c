"""One package for each pipeline, with a `create_pipeline`."""
