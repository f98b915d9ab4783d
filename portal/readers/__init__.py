"""Safe reading of user files: what a file is follows from its content, and a fenced child reads it.

GDAL is never asked: a driver that is not there cannot be fooled into opening a
second file or a URL. CSV, xlsx, GeoJSON, GeoPackage and zipped Shapefile are
parsed here from bytes in memory. From outside to inside:

``table``      `read_table`: a user's file to a frame that keeps a contract
``child``      `read_in_child`: run one function in a limited process
``source``     open a path safely: a regular file, not too large, not changing
``worker`` ``fence`` ``wire``     the child's side: entry, its limits, what may cross back
``kinds``      what a file is, by its content
``parse``      bytes to typed columns and rejects, in the child
``delimited`` ``workbook`` ``geojson`` ``geopackage`` ``shapefile``     one format each, to a `RawTable`
``raw`` ``text`` ``archives`` ``dbf`` ``shapes`` ``projections``     what the formats share
``schema`` ``mapping`` ``headers``     which source column is which field
``values`` ``columns`` ``keys`` ``places`` ``words``     cells to typed values
``problems``   every sentence a user may read

Nothing is imported here, because the child must start fast.
"""
