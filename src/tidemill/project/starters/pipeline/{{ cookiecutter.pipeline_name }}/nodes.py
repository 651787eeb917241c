"""What the pipeline '{{ cookiecutter.pipeline_name }}' does, step by step: plain functions."""
