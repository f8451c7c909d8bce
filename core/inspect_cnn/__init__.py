"""Looking inside LeNet-5 and the MNIST DNN while one digit goes through them; nothing here trains or keeps anything."""
