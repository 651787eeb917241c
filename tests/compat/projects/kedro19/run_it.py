"""Run the project from a script of one's own, as of release 0.19."""

from pathlib import Path

from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.runner import ThreadRunner

if __name__ == "__main__":
    project_path = Path(__file__).parent
    bootstrap_project(project_path)
    with KedroSession.create(project_path=project_path, env="test", extra_params={"limits": {"high": 30}}) as session:
        context = session.load_context()
        assert context.params["limits"] == {"low": 0, "high": 30}
        session.run(pipeline_name="cleaning", runner=ThreadRunner())
    with KedroSession.create(project_path, env="test") as session:
        session.run(pipeline_name="reporting", from_nodes=["summarize"], to_nodes=["last"], to_outputs=["length"])
