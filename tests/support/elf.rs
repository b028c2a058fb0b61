//! What a program's file says of how it is loaded: as much of ELF as its hardening shows in.

/// Where a program header or an entry of the dynamic section says what it is (elf.h).
const DYNAMIC: u32 = 2;
const GNU_STACK: u32 = 0x6474_e551;
const GNU_RELRO: u32 = 0x6474_e552;
const LOAD: u32 = 1;
const EXECUTABLE: u32 = 1;
const WRITABLE: u32 = 2;
const SHARED_OBJECT: u16 = 3;
const RPATH: u64 = 15;
const RUNPATH: u64 = 29;
const BIND_NOW: u64 = 24;
const FLAGS: u64 = 30;
const FLAGS_1: u64 = 0x6fff_fffb;
const FLAG_BIND_NOW: u64 = 8;
const FLAG_1_NOW: u64 = 1;
const FLAG_1_PIE: u64 = 0x0800_0000;

/// What of its hardening a program lacks; 64 bits and little-endian, as both architectures of the image are.
pub fn lacks(program: &[u8]) -> Vec<&'static str> {
    assert_eq!(program.get(..6), Some(&b"\x7fELF\x02\x01"[..]), "no ELF of 64 bits");
    let segments = segments(program);
    let entries = dynamic(program, &segments);
    let of = |tag: u64| entries.iter().filter(move |(it, _)| *it == tag).map(|(_, value)| *value);
    let has_flag = |tag: u64, flag: u64| of(tag).any(|flags| flags & flag != 0);
    let is_now = of(BIND_NOW).next().is_some()
        || has_flag(FLAGS, FLAG_BIND_NOW)
        || has_flag(FLAGS_1, FLAG_1_NOW);
    let is_pie = half(program, 16) == SHARED_OBJECT && has_flag(FLAGS_1, FLAG_1_PIE);
    let has = |kind: u32, test: fn(u32) -> bool| {
        segments.iter().any(|segment| segment.kind == kind && test(segment.flags))
    };
    let wanted = [
        ("an address that changes (PIE)", is_pie),
        ("a stack that is not executable", has(GNU_STACK, |flags| flags & EXECUTABLE == 0)),
        ("tables that are read-only once linked (RELRO)", has(GNU_RELRO, |_| true)),
        ("linking before it begins (BIND_NOW)", is_now),
        (
            "memory that is either written or executed",
            !has(LOAD, |flags| flags & EXECUTABLE != 0 && flags & WRITABLE != 0),
        ),
        (
            "libraries from the system's folders alone (no RPATH)",
            of(RPATH).chain(of(RUNPATH)).next().is_none(),
        ),
    ];
    wanted.into_iter().filter(|(_, is_there)| !is_there).map(|(what, _)| what).collect()
}

struct Segment {
    kind: u32,
    flags: u32,
    offset: usize,
    size: usize,
}

fn segments(program: &[u8]) -> Vec<Segment> {
    let (start, size, count) = (offset(program, 32), half(program, 54), half(program, 56));
    let at = |index: u16| start + usize::from(index) * usize::from(size);
    let segment = |at: usize| Segment {
        kind: word(program, at),
        flags: word(program, at + 4),
        offset: offset(program, at + 8),
        size: offset(program, at + 32),
    };
    (0..count).map(|index| segment(at(index))).collect()
}

/// The entries of the dynamic section: what each is, and its value.
fn dynamic(program: &[u8], segments: &[Segment]) -> Vec<(u64, u64)> {
    let section =
        segments.iter().find(|segment| segment.kind == DYNAMIC).expect("a dynamic section");
    let entries = (section.offset..section.offset + section.size).step_by(16);
    entries.map(|at| (long(program, at), long(program, at + 8))).collect()
}

fn half(program: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(program[at..at + 2].try_into().unwrap())
}

fn word(program: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(program[at..at + 4].try_into().unwrap())
}

fn long(program: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(program[at..at + 8].try_into().unwrap())
}

fn offset(program: &[u8], at: usize) -> usize {
    long(program, at).try_into().unwrap()
}
