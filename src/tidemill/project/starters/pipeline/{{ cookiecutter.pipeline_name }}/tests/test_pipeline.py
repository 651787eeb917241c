"""The pipeline '{{ cookiecutter.pipeline_name }}'."""
