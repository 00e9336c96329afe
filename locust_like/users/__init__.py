"""What a locustfile is made of: users, task sets, tasks and waits."""
