"""The matrix opens pages: what their tests need, it needs."""

from tests.web.conftest import _collected_static_files_have_a_folder

__all__ = ["_collected_static_files_have_a_folder"]
