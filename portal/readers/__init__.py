"""Safe reading of user files: what a file is follows from its content, and a fenced child reads it.

GDAL is never asked: a driver that is not there cannot be fooled into opening a
second file or a URL. CSV, xlsx, GeoJSON, GeoPackage and zipped Shapefile are
parsed here from bytes in memory. From outside to inside:

``table``      `read_table`: a user's file to a frame that keeps a contract
``source``     open a path safely: a regular file, not too large, not changing
``child``      `read_in_child`: run one function in a limited process; its fence, and what may cross back
``parse``      in the child: bytes to typed columns and rejects
``formats``    what a file is, by its content; one module a format, to a `RawTable`
``sheets``     text files and workbooks, where header and records have to be found first
``rows``       which source column is which field; cells to values, keys, places and shapes
``schema`` ``mapping``     the headers a field is known by; what a clerk wrote for a source
``problems``   every sentence a user may read

Nothing is imported here, because the child must start fast.
"""
