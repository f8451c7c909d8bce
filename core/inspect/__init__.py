"""Looking inside a trained network: neuron by neuron, gradient by gradient, nothing of it trained."""
