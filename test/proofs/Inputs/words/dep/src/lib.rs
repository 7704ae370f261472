// The library of the program "words": shared state, trait objects, tables,
// generics, and functions that only some programs need.
pub mod count;
pub mod shape;
pub mod text;
