"""The course's three networks, their initialisations and the pretrained weights."""
