"""What tests of the guides' pages need beside the cast."""

from tests.web.conftest import _collected_static_files_have_a_folder

__all__ = ["_collected_static_files_have_a_folder"]
