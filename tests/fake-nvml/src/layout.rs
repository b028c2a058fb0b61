//! The structs of nvml.h that calls fill in, byte for byte.

use std::{
    ffi::{c_uint, c_ulonglong},
    mem::MaybeUninit,
};

/// `nvmlPciInfo_t`.
#[repr(C)]
pub struct PciInfo {
    /// `NVML_DEVICE_PCI_BUS_ID_LEGACY_FMT`: a domain of four digits.
    pub bus_id_legacy: [u8; 16],
    pub domain: c_uint,
    pub bus: c_uint,
    pub device: c_uint,
    /// Device id in the upper half, vendor id in the lower.
    pub pci_device_id: c_uint,
    pub pci_subsystem_id: c_uint,
    /// `NVML_DEVICE_PCI_BUS_ID_FMT`: a domain of eight digits.
    pub bus_id: [u8; 32],
}

/// `nvmlMemory_t`, in bytes.
#[repr(C)]
pub struct Memory {
    pub total: c_ulonglong,
    pub free: c_ulonglong,
    pub used: c_ulonglong,
}

/// `nvmlMemory_v2_t`, in bytes. Only the version is the caller's to fill in.
#[repr(C)]
pub struct MemoryV2 {
    pub version: c_uint,
    pub total: MaybeUninit<c_ulonglong>,
    pub reserved: MaybeUninit<c_ulonglong>,
    pub free: MaybeUninit<c_ulonglong>,
    pub used: MaybeUninit<c_ulonglong>,
}

impl MemoryV2 {
    /// `NVML_STRUCT_VERSION(Memory, 2)`: the version above the size.
    pub const VERSION: c_uint = 0x0200_0028;
}

/// `nvmlDeviceAttributes_t`: what a MIG device has of its GPU.
#[repr(C)]
pub struct Attributes {
    pub multiprocessors: c_uint,
    pub shared_copy_engines: c_uint,
    pub shared_decoders: c_uint,
    pub shared_encoders: c_uint,
    pub shared_jpegs: c_uint,
    pub shared_ofas: c_uint,
    pub gpu_instance_slices: c_uint,
    pub compute_instance_slices: c_uint,
    pub memory_mib: c_ulonglong,
}

const _: () = assert!(size_of::<PciInfo>() == 68);
const _: () = assert!(size_of::<Memory>() == 24);
const _: () = assert!(size_of::<MemoryV2>() == 40);
const _: () = assert!(size_of::<Attributes>() == 40);
