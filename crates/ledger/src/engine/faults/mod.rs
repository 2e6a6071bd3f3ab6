//! The engine on a disk that fails at any call and loses its power at any moment, and its threads in any order.

mod life;
#[cfg(feature = "shuttle")]
mod schedules;
#[cfg(not(feature = "shuttle"))]
mod seeds;
