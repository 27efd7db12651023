//! Journeys through the whole house, as people everybody knows. One binary, linked once.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on panics; how much a walk has met is worth a line"
)]

mod architecture;
mod sources;
mod world;
mod lives;
mod life;
mod tables;
mod generated;
mod openapi;
mod api;
mod bad_input;
mod random_acts;
mod figures;
mod assessment;
mod cells;
mod board;
mod maps;
mod progress;
mod plans;
mod look_ups;
mod returns;
mod returns_recount;
mod backup;
mod operations;
mod away;
mod rolling;
mod command_line;
mod daily;
mod lists;
mod loop_of_a_hazard;
mod visits;
mod tasks;
mod task_sheets;
mod kills;
mod handovers;
mod phone;
mod devices;
mod exchange;
mod second_inspector;
mod field_pack;
mod one_behind;
mod bad_line;
mod line;
mod storm;
mod simulate;
mod signs;
mod targets;
mod target_work;
mod packs;
mod editor;
mod papers;
mod hazards_model;
mod mail;
mod inbox;
mod reminders;
mod enterprises;
mod transparency;
mod tampering;
