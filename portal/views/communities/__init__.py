"""The community's card, its record, and the queues of what communities lack."""
