"""The city's rules, frozen, one module a subject: what a city may decide differently from another."""
