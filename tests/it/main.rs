//! Journeys through the whole house, as people everybody knows. One binary, linked once.

mod architecture;
mod sources;
mod world;
mod lives;
mod life;
mod tables;
mod generated;
mod loop_of_a_hazard;
