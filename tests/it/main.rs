//! Journeys through the whole house, as people everybody knows. One binary, linked once.

mod architecture;
mod world;
mod loop_of_a_hazard;
