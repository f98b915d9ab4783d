"""Views parse, call one thing, answer. Blueprint, module and template folder share a name."""
