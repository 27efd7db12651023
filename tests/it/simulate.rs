//! A simulated country: the same for the same seed, whole after it was stopped, and right like any other.

use crate::world::World;
use paicha::simulate::{self, Made, Scale};

const SCALE: Scale = Scale { whole: false, enterprises: 60, inspections: 230, seed: 7 };

/// Nobody was visited and nothing was found that the figures do not say, in the order of the ledger's own states.
fn is_right(made: &Made) {
    let of = |figure: &str| made.figures[figure];
    assert_eq!(of("visits"), 230);
    assert!((30..=60).contains(&of("inspected")), "{made:?}");
    assert!(of("found") > 12 && of("closed") > 6 && of("open") > 0, "{made:?}");
    assert!(of("overdue") > 0 && of("rectified") >= of("closed"), "{made:?}");
}

#[tokio::test]
async fn the_same_seed_makes_the_same_country_even_if_it_is_stopped() {
    let (w, other) = (World::new().await, World::new().await);
    let made = simulate::make(&w.app, SCALE, |_| {}).await.unwrap();
    is_right(&made);
    // the other one is stopped after each batch, as if somebody had pulled the plug
    let mut stops = 0;
    let again = loop {
        let stop = tokio_util::sync::CancellationToken::new();
        let (pull, app) = (stop.clone(), other.app.clone());
        let made = simulate::make(&app, SCALE, move |now| {
            if now.inspections % 200 == 100 {
                pull.cancel();
            }
        });
        tokio::select! {
            biased;
            () = stop.cancelled(), if stops < 2 => stops += 1,
            made = made => break made.unwrap(),
        }
    };
    assert!(stops > 0, "it was never stopped");
    assert_eq!(made, again);
    // once more changes nothing
    assert_eq!(simulate::make(&w.app, SCALE, |_| {}).await.unwrap(), made);
}
