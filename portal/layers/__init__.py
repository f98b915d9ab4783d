"""The map's layers, in the order of the layer control. A new layer is a module and a line here."""

from portal.layers.base import Layer
from portal.layers.communities import Communities
from portal.layers.density import Density
from portal.layers.routes import Routes
from portal.layers.streets import Streets

LAYERS: dict[str, Layer] = {layer.name: layer for layer in (Communities(), Density(), Streets(), Routes())}

__all__ = ["LAYERS", "Layer"]
