"""What stands for a geometry that a file has but nobody can build."""

from __future__ import annotations

import shapely

# It is empty, so no check lets it pass.
UNUSABLE = shapely.GeometryCollection()
