"""How components say no."""

from backend.kernel.errors import Clash, Forbidden, Invalid, Unknown


class ComponentUnknown(Unknown):
    code = "components.component_unknown"


class CodeTaken(Clash):
    code = "components.code_taken"


class CodeElsewhere(Invalid):
    """The first six digits name another district than the area lies in."""

    code = "components.code_elsewhere"


class ClassUnknown(Invalid):
    """The code table in force has no such class."""

    code = "components.class_unknown"


class AreaUnknown(Invalid):
    code = "components.area_unknown"


class AreaDiffers(Clash):
    """It is registered in another area than a file says."""

    code = "components.area_differs"


class GeometryInvalid(Invalid):
    code = "components.geometry_invalid"


class VersionMoved(Clash):
    """Somebody changed it since the caller looked."""

    code = "components.version_moved"


class VersionUnknown(Invalid):
    code = "components.version_unknown"


class NothingChanges(Clash):
    """It is so already."""

    code = "components.nothing_changes"


class ProposalUnknown(Unknown):
    code = "components.proposal_unknown"


class ProposalDecided(Clash):
    """Somebody decided it before, or it was withdrawn."""

    code = "components.proposal_decided"


class ProposalNotOwn(Forbidden):
    """Only whoever proposed it withdraws it."""

    code = "components.proposal_not_own"


class FieldNotProposed(Invalid):
    code = "components.field_not_proposed"


class AllOvertaken(Clash):
    """All that it would change was changed since: the desk names what is taken all the same."""

    code = "components.all_overtaken"


class ColumnMissing(Invalid):
    code = "components.column_missing"


class CellInvalid(Invalid):
    code = "components.cell_invalid"


class LineTwice(Invalid):
    code = "components.line_twice"


class FileTooLong(Invalid):
    code = "components.file_too_long"


class NotFeatures(Invalid):
    """The file is no GeoJSON feature collection."""

    code = "components.not_features"


class ExportTooLong(Invalid):
    code = "components.export_too_long"


class BboxInvalid(Invalid):
    code = "components.bbox_invalid"
