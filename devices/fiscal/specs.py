"""The fiscal registers that are spoken to, as `ProtocolSpec`s."""

from devices.conformance.spec import ProtocolSpec
from devices.fiscal.atol.spec import ATOL
from devices.fiscal.ehdm.spec import EHDM
from devices.fiscal.hdm.spec import HDM
from devices.fiscal.shtrih.spec import SHTRIH_M1, SHTRIH_M2

SPECS: tuple[ProtocolSpec, ...] = (SHTRIH_M1, SHTRIH_M2, ATOL, HDM, EHDM)
