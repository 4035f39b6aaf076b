"""The parts screens are made of. A widget knows the view it is given and the messages it posts, nothing else."""
