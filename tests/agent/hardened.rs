//! What the program's own file keeps from whoever would misuse it.

use crate::elf;
use crate::support::agent::PATH;

#[test]
fn the_program_is_loaded_so_that_a_slip_is_hard_to_use() {
    assert_eq!(elf::lacks(&std::fs::read(PATH).unwrap()), [""; 0]);
}
