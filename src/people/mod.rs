//! People and offices (机构与人员): who acts, and over what.
//!
//! Offices stand in a reporting tree of their own; whoever works in one acts for it and for all below it. Read
//! `model.rs` first: [`Scope`] is what narrows every list in the house.

mod menu;
mod model;
pub mod store;
mod visitor;

pub use model::{Actor, By, Level, Office, Place, Role, Scope, roles_of, roles_text};
pub use visitor::{Counter, Visitor};

use crate::kernel::{App, Result, db::Tx};

impl App {
    /// Does an act: runs `work` in one transaction, under the circumstances `by`.
    pub async fn act<T: Send + 'static>(
        &self,
        by: &By,
        work: impl Fn(&mut Tx, &By) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let by = by.clone();
        self.db.write(move |tx| work(tx, &by)).await
    }
}
