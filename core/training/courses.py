"""The trainings of the networks: the course's own settings, or what suits a variant."""

from core.nets.networks import NETWORKS
from core.training.config import TrainConfig

COURSES = {name: TrainConfig(**network.training) for name, network in NETWORKS.items()}
"""Name of a network → its hyperparameters; what else is known of it: core.nets.networks."""
