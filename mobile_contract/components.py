"""What a phone or console knows of the city's components: things on the map, their versions, and proposals to change
them.

A component is changed by a desk alone. Whoever stands before it proposes: a proposal is a fact of its own and conflicts
with nothing, however many there are. The desk sees all of them side by side and takes one, or some of its fields; the
others stay, marked where what they would change has changed meanwhile.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from mobile_contract.attendance import DatumName, GeometryAsk
from mobile_contract.base import NAME_CHARS_MAX, Ask, At, Day, Id, Label, Sha256, Text, Wire
from mobile_contract.cases import ComponentCode, TwoDigits
from mobile_contract.docstrings import Told
from mobile_contract.params import Params
from mobile_contract.people import AreaPath
from mobile_contract.problems import Texts
from mobile_contract.workorders import PHOTOS_PER_DEED_MAX, Where

POSITIONS_MAX = 500
"""In the outline of one component: it travels to every handset around."""
NEAR_M_MAX = 5_000
EXPORT_ROWS_MAX = 20_000
IMPORT_LINES_MAX = 2_000
UNIT_CODE_CHARS_MAX = 32
VERSIONS_SHOWN_MAX = 200
PROPOSALS_SHOWN_MAX = 200
CASES_SHOWN_MAX = 50


class ComponentState(StrEnum):
    """How it stands."""

    intact = "intact"
    """完好"""
    damaged = "damaged"
    """破损"""
    lost = "lost"
    """丢失"""
    occupied = "occupied"
    """占用"""
    removed = "removed"
    """移除"""


class ComponentField(StrEnum):
    """What of a component may be changed and proposed, each for itself."""

    name = "name"
    state = "state"
    geometry = "geometry"
    authority = "authority"
    owner = "owner"
    upkeep = "upkeep"
    note = "note"


class Unit(Ask):
    """Who answers for a component; both empty: nobody is named."""

    code: Annotated[str, StringConstraints(max_length=UNIT_CODE_CHARS_MAX, pattern=r"^[A-Za-z0-9._:/-]*$")] = Field(
        default="", examples=["GZ-SZ-01"]
    )
    name: Annotated[str, StringConstraints(max_length=NAME_CHARS_MAX, pattern=r"^[^\x00-\x1f\x7f]*$")] = Field(
        default="", examples=["松洲市政所"]
    )


class ComponentValues(Wire):
    """What may change of a component."""

    name: str
    state: ComponentState
    geometry: dict[str, Any]
    """GeoJSON (RFC 7946) in WGS-84: Point, LineString, Polygon or MultiPolygon."""
    authority: Unit
    """主管部门: which answers for its kind."""
    owner: Unit
    """权属单位: whose it is."""
    upkeep: Unit
    """养护单位: who keeps it in order."""
    note: str


class Component(ComponentValues):
    """A thing of the city on the map, in its present version."""

    id: Id
    code: ComponentCode
    """District 6, big class 2, small class 2, serial 6; on its label as `K/…`."""
    big: TwoDigits
    small: TwoDigits
    class_name: str
    """As the code table named it when the component was registered; empty where none was in force."""
    area_path: str
    longitude: float
    """Of a point on it: where a map shows its sign."""
    latitude: float
    version: int
    since_at: At
    """When this version began."""
    surveyed_on: Day | None


class NearComponent(Wire):
    """A component and how far away it is."""

    component: Component
    distance_m: float
    """To its nearest edge; 0 inside an area."""


class ComponentVersion(ComponentValues):
    """A component as it stood from `since_at` until the next version."""

    version: int
    changed: list[ComponentField]
    """Against the version before."""
    since_at: At
    until_at: At | None
    reason: str
    by_name: str
    """Who changed it, at a desk or by a file."""
    proposal_id: Id | None
    proposed_by_name: str


class ComponentFilter(Wire):
    """What a list of components is narrowed to."""

    area: str | None = None
    state: ComponentState | None = None
    big: str | None = None
    small: str | None = None
    q: str | None = None
    """Part of the name, or how the code begins."""
    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north."""
    contested: bool = False
    """Only those with open proposals."""


class ComponentFeature(Wire):
    """A component as a GeoJSON feature; `properties` is the component but for its outline."""

    type: Literal["Feature"] = "Feature"
    id: Id
    properties: dict[str, Any]
    geometry: dict[str, Any]


class ComponentForm(StrEnum):
    """As what a list of components is written out; each can be taken in again."""

    csv = "csv"
    xlsx = "xlsx"
    geojson = "geojson"


# -- at the desk ---------------------------------------------------------------------------------------------------


class NewComponent(Ask):
    """`POST /components/v1/components`: registers a component; its area's district and its class must be those of its
    code."""

    code: ComponentCode
    name: Label
    area_path: AreaPath
    geometry: GeometryAsk = Field(examples=[{"type": "Point", "coordinates": [113.2732, 23.1815]}])
    datum: DatumName = DatumName.wgs84
    state: ComponentState = ComponentState.intact
    authority: Unit = Unit()
    owner: Unit = Unit()
    upkeep: Unit = Unit()
    note: Text = ""
    surveyed_on: Day | None = None


class _Wished(Told):
    """What somebody wants changed; null: it stays."""

    name: Label | None = None
    state: ComponentState | None = None
    geometry: GeometryAsk | None = Field(
        default=None, examples=[{"type": "Point", "coordinates": [113.27321, 23.18152]}]
    )
    authority: Unit | None = None
    owner: Unit | None = None
    upkeep: Unit | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> "_Wished":
        if all(getattr(self, field.value) is None for field in ComponentField):
            raise ValueError("something must be changed")
        return self


class ChangeComponent(_Wished, Ask):
    """`POST /components/v1/components/{id}/change`: the desk's own correction, as the next version."""

    version: Annotated[int, Field(ge=1, strict=True)]
    """The version that the desk looked at: a change of another meanwhile is not overwritten."""
    datum: DatumName = DatumName.wgs84
    reason: Annotated[Text, StringConstraints(min_length=1)]


class ComponentFault(Wire):
    """What is wrong in a line of a file, and in which column."""

    line: int
    """The heading is line 1; of a feature collection, the number of the feature, 1 first."""
    column: str
    code: str
    why: Texts


class ComponentImport(Wire):
    """What came of a file: good lines were taken, every bad line is told. A file may be sent again."""

    added: int
    changed: int
    """Known already, and brought up to what the line says, as a new version."""
    unchanged: int
    faults: list[ComponentFault]


# -- proposals -----------------------------------------------------------------------------------------------------


class ProposeParams(_Wished, Params):
    """Params of components.propose. `row.id` is a new UUID: the proposal's. What is left out stays as it is."""

    component_id: Id
    base_version: Annotated[int, Field(ge=1, strict=True)]
    """The version of the component that the phone showed."""
    reason: Annotated[Text, StringConstraints(min_length=1)]
    photos: Annotated[list[Sha256], Field(max_length=PHOTOS_PER_DEED_MAX)] = Field(default_factory=list)
    position: Where | None = None


class WithdrawParams(Params):
    """Params of components.withdraw: whoever proposed it thinks better of it."""

    note: Text = ""


class ProposalState(StrEnum):
    """What became of a proposal."""

    open = "open"
    approved = "approved"
    """`taken` says which of its fields; `became_version` in which version."""
    refused = "refused"
    """`answer` says why."""
    withdrawn = "withdrawn"


class ComponentChanges(Wire):
    """What a proposal would change; null: it stays."""

    name: str | None = None
    state: ComponentState | None = None
    geometry: dict[str, Any] | None = None
    authority: Unit | None = None
    owner: Unit | None = None
    upkeep: Unit | None = None
    note: str | None = None


class ComponentProposal(Wire):
    """That somebody before a component wants it changed on the map, and what the desk made of it."""

    id: Id
    component_id: Id
    component_code: ComponentCode
    component_name: str
    area_path: str
    base_version: int
    changes: ComponentChanges
    reason: str
    photos: list[Sha256]
    person_id: Id
    person_name: str
    proposed_at: At
    """Trusted estimate."""
    error_ms: int
    longitude: float | None
    """Where they stood."""
    latitude: float | None
    state: ProposalState
    outdated: bool
    """It is based on an older version than the present one."""
    overtaken: list[ComponentField]
    """Of these fields another value came in force after the version it is based on."""
    taken: list[ComponentField]
    became_version: int | None
    answer: str
    answered_by_name: str
    answered_at: At | None


class FieldBeside(Wire):
    """A proposed value beside what it was based on and what is in force."""

    field: ComponentField
    base: Any
    now: Any
    proposed: Any
    overtaken: bool
    """Changed since: taken only when the desk names it."""
    same: bool
    """It is so already."""


class ProposalBeside(Wire):
    """A proposal and what it would change now."""

    proposal: ComponentProposal
    fields: list[FieldBeside]


class ProposalsBeside(Wire):
    """A component and its open proposals side by side, oldest first."""

    component: Component
    proposals: list[ProposalBeside]


class ApproveProposal(Ask):
    """`POST /components/v1/proposals/{id}/approve`: what it proposes becomes the component's next version."""

    version: Annotated[int, Field(ge=1, strict=True)]
    """The component's version that the desk looked at."""
    fields: Annotated[list[ComponentField], Field(max_length=len(ComponentField))] | None = None
    """Which of the proposed fields are taken; null: all but the overtaken ones."""
    note: Text = ""


class RefuseProposal(Ask):
    """It stays as it is, and why."""

    reason: Annotated[Text, StringConstraints(min_length=1)]


class WithdrawProposal(Ask):
    """Whoever proposed it thinks better of it."""

    note: Text = ""
