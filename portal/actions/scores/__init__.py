"""Writes of scores and of the evidence behind them."""
