"""How static files are served: hashed names, compressed, cached for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    # The editor's modules import each other by path: those must be hashed too.
    support_js_module_import_aggregation = True
