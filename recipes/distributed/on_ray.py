"""Starts a recipe on several workers, with Ray Train.

For example:

    python recipes/distributed/on_ray.py --workers 2 \
        recipes/distributed/wgan_gp_fashion_mnist.py --epochs 5

Arguments after the recipe are the recipe's own. The workers are processes on
this machine or on the Ray cluster that `RAY_ADDRESS` names, whose machines must
all see this folder at the same path. If a worker dies, all are started again
and the recipe resumes from its last checkpoint.

It needs `pip install -e ".[distributed]"`.
"""

import argparse
import os
import runpy
import sys

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def run_recipe(config):
    """Runs a recipe in a worker, for which Ray has set `TF_CONFIG`."""
    os.chdir(config["folder"])
    sys.argv = config["command"]
    runpy.run_path(sys.argv[0], run_name="__main__")


parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
)
parser.add_argument("--workers", type=int, default=2, help="default: 2")
parser.add_argument(
    "--gpu", action="store_true", help="give each worker a GPU of its own"
)
parser.add_argument(
    "--max-failures",
    type=int,
    default=3,
    help="how many times to start again after a worker has died; default: 3",
)
parser.add_argument(
    "--ray-folder",
    default="saved_models/ray",
    help="folder for Ray's own files, which all machines must see; "
    "default: saved_models/ray",
)
parser.add_argument("command", nargs=argparse.REMAINDER, metavar="recipe ...")
args = parser.parse_args()
if not args.command:
    parser.error("which recipe? Give its path, then its own arguments.")

try:
    import ray
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.tensorflow import TensorflowTrainer
except ImportError as error:
    parser.error(
        f"Ray could not be imported: {error}. Install it by `pip install -e "
        "'.[distributed]'`."
    )

ray.init(include_dashboard=False)
TensorflowTrainer(
    run_recipe,
    train_loop_config={"folder": os.getcwd(), "command": args.command},
    scaling_config=ScalingConfig(num_workers=args.workers, use_gpu=args.gpu),
    run_config=RunConfig(
        storage_path=os.path.abspath(args.ray_folder),
        failure_config=FailureConfig(max_failures=args.max_failures),
    ),
).fit()
