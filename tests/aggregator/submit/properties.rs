//! A document that is found good is stored by AIOS, and reads back equal.
