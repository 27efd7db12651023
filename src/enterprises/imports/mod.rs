//! Imports (导入).
mod cells;
mod sheet;
