"""A fictional city from a seed: places, roads, firms, complaints, evidence, and what was planted in them."""

from geo.sample.assembly import SampleCity, SampleSize, SampleTruth, make_sample

__all__ = ["SampleCity", "SampleSize", "SampleTruth", "make_sample"]
