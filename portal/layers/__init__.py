"""The map's layers, in the order of the layer control. A new layer is a module and a line here."""

from portal.layers.base import Layer
from portal.layers.communities import Communities

LAYERS: dict[str, Layer] = {layer.name: layer for layer in (Communities(),)}

__all__ = ["LAYERS", "Layer"]
