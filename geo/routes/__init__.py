"""An inspector's day: the plan, its solver, the checker that no plan escapes, the sheet."""
