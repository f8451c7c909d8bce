"""What a trained network of digits is asked: the test set, and digits that are changed."""
