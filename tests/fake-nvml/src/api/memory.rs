//! How much memory a GPU or a MIG device has: the old call and the one that
//! tells the reserved part. All of it is free here.

use crate::{
    call::{Call, Out, nvml, put},
    code::Code,
    handle::Handle,
    layout::{Memory, MemoryV2},
};

nvml! {
    /// `NOT_SUPPORTED` where GPU and host share their memory; `NO_PERMISSION`
    /// for a GPU with MIG on, asked by somebody without privileges.
    nvmlDeviceGetMemoryInfo(device: Handle, memory: Out<'_, Memory>) at device.place(), |call| {
        let total = total(call, device)?;
        put(memory, Memory { total, free: total, used: 0 })
    };

    /// The same; the caller says in the struct what version it is.
    nvmlDeviceGetMemoryInfo_v2(device: Handle, memory: Option<&mut MemoryV2>) at device.place(), |call| {
        let memory = memory.ok_or(Code::INVALID_ARGUMENT)?;
        if memory.version != MemoryV2::VERSION {
            return Err(Code::ARGUMENT_VERSION_MISMATCH);
        }
        let total = total(call, device)?;
        memory.total.write(total);
        memory.free.write(total);
        memory.used.write(0);
        memory.reserved.write(0);
        Ok(())
    };
}

fn total(call: &Call, device: Handle) -> Result<u64, Code> {
    let memory = match call.instance(device)? {
        Some(instance) => instance.memory,
        None => call.gpu(device)?.memory,
    };
    memory.map(|total| call.number(total)).ok_or(Code::NOT_SUPPORTED)
}
