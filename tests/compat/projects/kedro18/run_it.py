"""Run the project from a script of one's own."""

from pathlib import Path

from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

if __name__ == "__main__":
    project_path = Path(__file__).parent
    metadata = bootstrap_project(project_path)
    with KedroSession.create(metadata.package_name, project_path, env="local", extra_params={"scale": 5}) as session:
        context = session.load_context()
        print(metadata.package_name, context.params["scale"], sorted(context.catalog.list("siz")))
        print(session.run(pipeline_name="measuring", tags=["pixels"]))
