"""From a sketch to MNIST's own form."""
