"""Orders, deliveries, closes of shifts, station keys and the blocked list on handsets."""

from collections.abc import Sequence
from typing import Any

from backend.gas import rules
from backend.gas.actions import delivering as actions
from backend.gas.queries import closes, keys, rulings
from backend.gas.queries import deliveries as queries
from backend.gas.tables import Certificate, Delivery, GasOrder, GasPack, GasStation, GasStationKey, ShiftClose
from backend.kernel.context import Ctx
from backend.kernel.shapes import known, reader
from mobile_contract import deliveries as wire
from mobile_contract import gas_stations as stationed
from mobile_contract import station_keys as keyed
from sync.kinds import Command, Deed, Kind, Policy


def _deliver(ctx: Ctx, deed: Deed) -> None:
    _deliver_many(ctx, [deed])


def _deliver_many(ctx: Ctx, deeds: Sequence[Deed]) -> None:
    actions.record_deliveries(ctx, [actions.NewDelivery(deed.row_id, deed.params, deed.claim) for deed in deeds])


def _order_body(row: GasOrder) -> dict[str, Any]:
    return queries.order_shape(row).model_dump(mode="json")


def _order_scopes(row: GasOrder) -> list[str]:
    return rules.order_scopes(row.area_path, row.team_id, row.person_id)


def _delivery_body(row: Delivery) -> dict[str, Any]:
    return queries.delivery_shape(row).model_dump(mode="json")


def _made_scopes(row: Delivery | ShiftClose) -> list[str]:
    return rules.scan_scopes(row.area_path, row.person_id)


def _close_body(row: ShiftClose) -> dict[str, Any]:
    return closes.close_shape(row).model_dump(mode="json")


def _key_body(row: GasStationKey) -> dict[str, Any]:
    return keys.key_shape(row).model_dump(mode="json")


def _pack_body(row: GasPack) -> dict[str, Any]:
    return keys.pack_shape(row).model_dump(mode="json")


def _certificate_body(row: Certificate) -> dict[str, Any]:
    return queries.certificate_shape(row).model_dump(mode="json")


def _certificate_scopes(row: Certificate) -> list[str]:
    """One's own: a phone sees before the shift whether one may go out."""
    return [f"user:{row.person_id}"]


def _station_body(row: GasStation) -> dict[str, Any]:
    return rulings.station_shape(row).model_dump(mode="json")


def _verifiers(row: GasStationKey | GasPack | GasStation) -> list[str]:
    """Whoever scans cylinders verifies by it; signed anew every half day, it wakes no other's phone."""
    return [f"gas:{row.area_path.split('/')[1]}"]


DELIVER = Command(
    name="gas.deliver",
    kind=actions.DELIVERIES,
    read=reader(wire.DeliveryParams),
    accept=_deliver,
    accept_many=_deliver_many,
    fact=True,
    creates=True,
    known=known(wire.DeliveryParams),
)
DELIVERY_KIND = Kind(
    name=actions.DELIVERIES,
    table=Delivery,
    fields=dict.fromkeys(wire.Delivery.model_fields, Policy.server),
    body=_delivery_body,
    scopes=_made_scopes,
    commands=[DELIVER],
    priority=6,
    facts=True,
)
ORDER_KIND = Kind(
    name="gas_orders",
    table=GasOrder,
    fields=dict.fromkeys(wire.GasOrder.model_fields, Policy.server),
    body=_order_body,
    scopes=_order_scopes,
    priority=3,
)
CLOSE_KIND = Kind(
    name="gas_shift_closes",
    table=ShiftClose,
    fields=dict.fromkeys(wire.ShiftClose.model_fields, Policy.server),
    body=_close_body,
    scopes=_made_scopes,
    priority=6,
)
KEY_KIND = Kind(
    name="gas_station_keys",
    table=GasStationKey,
    fields=dict.fromkeys(keyed.GasStationKey.model_fields, Policy.server),
    body=_key_body,
    scopes=_verifiers,
    priority=2,
)
PACK_KIND = Kind(
    name="gas_packs",
    table=GasPack,
    fields=dict.fromkeys(keyed.GasPack.model_fields, Policy.server),
    body=_pack_body,
    scopes=_verifiers,
    priority=2,
)
CERTIFICATE_KIND = Kind(
    name="gas_certificates",
    table=Certificate,
    fields=dict.fromkeys(wire.Certificate.model_fields, Policy.server),
    body=_certificate_body,
    scopes=_certificate_scopes,
    priority=2,
)
STATION_KIND = Kind(
    name="gas_stations",
    table=GasStation,
    fields=dict.fromkeys(stationed.GasStation.model_fields, Policy.server),
    body=_station_body,
    scopes=_verifiers,
    priority=2,
)
DELIVERY_KINDS = (ORDER_KIND, DELIVERY_KIND, CLOSE_KIND, KEY_KIND, PACK_KIND, CERTIFICATE_KIND, STATION_KIND)
