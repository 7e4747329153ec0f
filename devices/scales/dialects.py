"""Every dialect of scales by the name that a configuration says."""

from typing import Any

from devices.scales.adam import Adam
from devices.scales.cas_enq import CasEnq
from devices.scales.cas_pd2 import CasPd2
from devices.scales.cas_text import CasText
from devices.scales.dialog06 import Dialog06
from devices.scales.massa_100 import Massa100
from devices.scales.massa_k_e import MassaKE
from devices.scales.massa_k_j import MassaKJ
from devices.scales.mt_sics import MtSics
from devices.scales.nci import Nci
from devices.scales.shtrih_pos2 import ShtrihPos2
from devices.scales.sma import Sma
from devices.scales.toledo8217 import Toledo8217
from devices.scales.usb_hid import UsbHid

DIALECTS: dict[str, type[Any]] = {
    kind.name: kind
    for kind in (
        Toledo8217,
        Nci,
        CasEnq,
        CasPd2,
        CasText,
        ShtrihPos2,
        MassaKE,
        MassaKJ,
        Massa100,
        MtSics,
        Sma,
        Dialog06,
        Adam,
        UsbHid,
    )
}
"""Dataclasses whose fields are the options of the dialect; each is a `Dialect`."""
