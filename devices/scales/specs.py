"""Every dialect of scales as the conformance suite sees it."""

from devices.conformance.spec import ProtocolSpec
from devices.scales import (
    adam_spec,
    cas_enq_spec,
    cas_pd2_spec,
    cas_text_spec,
    dialog06_spec,
    massa_100_spec,
    massa_k_e_spec,
    massa_k_j_spec,
    mt_sics_spec,
    nci_spec,
    shtrih_pos2_spec,
    sma_spec,
    toledo8217_spec,
    usb_hid_spec,
)

SPECS: tuple[ProtocolSpec, ...] = (
    toledo8217_spec.SPEC,
    nci_spec.SPEC,
    cas_enq_spec.SPEC,
    cas_pd2_spec.SPEC,
    cas_text_spec.SPEC,
    shtrih_pos2_spec.SPEC,
    massa_k_e_spec.SPEC,
    massa_k_j_spec.SPEC,
    massa_100_spec.SPEC,
    mt_sics_spec.SPEC,
    sma_spec.SPEC,
    dialog06_spec.SPEC,
    adam_spec.SPEC,
    usb_hid_spec.SPEC,
)
