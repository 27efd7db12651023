//! W1 and W2: submissions, beside the floor in the same rounds.

use crate::{
    Failure, Setting,
    house::{self, House},
    load::{self, Make, Run},
    photo,
    server::Server,
};
use std::{sync::Arc, time::Duration};

/// Enterprises that are visited in turn: some ten visits to each in a run.
const FIRMS: usize = 2_000;

/// One line of the report: a workload, and what each round measured of both.
#[derive(Debug)]
pub struct Pair {
    pub what: String,
    pub floor: Vec<Run>,
    pub ours: Vec<Run>,
    /// Processor time of the server per operation, in milliseconds: the floor, Paicha.
    pub processor: [f64; 2],
}

/// All that one run has found out.
#[derive(Debug)]
pub struct Measured {
    pub pairs: Vec<Pair>,
    /// Resident memory in MB before the first request.
    pub at_rest: f64,
    /// And at its peak.
    pub at_peak: f64,
    /// Milliseconds from the start of the program to its first answer, on the folder that has been filled.
    pub starts: Vec<f64>,
}

impl Pair {
    /// Throughput of each round as a part of the floor's.
    pub fn ratios(&self) -> Vec<f64> {
        self.ours.iter().zip(&self.floor).map(|(ours, floor)| ours.per_second / floor.per_second).collect()
    }
}

/// Measures submissions with 1 and 16 clients, with and without a photograph.
pub async fn measure(setting: &Setting) -> Result<Measured, Failure> {
    let (ours, floors) = (setting.folder("submit")?, setting.folder("floor")?);
    let house = Arc::new(house::make(&ours, FIRMS).await?);
    let base = Arc::new(photo::base()?);
    let (paicha, floor) = (Server::paicha(&setting.program, &ours).await?, Server::floor(&floors).await?);
    let mut pairs = Vec::new();
    let at_rest = paicha.memory("VmRSS")?;
    let mut next = 0;
    for (with_photo, clients) in [(false, 1), (false, 16), (true, 1), (true, 16)] {
        if setting.only_records && with_photo {
            continue;
        }
        let make = |to_floor: bool| -> Make {
            let (house, base): (Arc<House>, _) = (house.clone(), base.clone());
            Arc::new(move |n| {
                let base = with_photo.then(|| base.as_slice());
                if to_floor { house.submit_to_floor(n, base) } else { house.submit(n, base) }
            })
        };
        let (ask_floor, ask_paicha) = (make(true), make(false));
        let what = format!("{}, {clients} client{}", workload(with_photo), if clients == 1 { "" } else { "s" });
        let mut pair = Pair { what, floor: Vec::new(), ours: Vec::new(), processor: [0.0; 2] };
        warm(&floor, clients, &mut next, &ask_floor).await?;
        warm(&paicha, clients, &mut next, &ask_paicha).await?;
        let before = [floor.processor()?, paicha.processor()?];
        for _ in 0..setting.rounds {
            let (run, on) = load::run(&floor.address, clients, setting.time, next, &ask_floor).await?;
            pair.floor.push(run);
            let (run, on) = load::run(&paicha.address, clients, setting.time, on, &ask_paicha).await?;
            pair.ours.push(run);
            next = on;
        }
        let used = [floor.processor()? - before[0], paicha.processor()? - before[1]];
        for ((used, runs), each) in used.iter().zip([&pair.floor, &pair.ours]).zip(&mut pair.processor) {
            let many: usize = runs.iter().map(|r| r.took.len()).sum();
            *each = used * 1000.0 / f64::from(u32::try_from(many).map_err(Failure::new)?);
        }
        crate::say(&crate::report::line(&pair));
        pairs.push(pair);
    }
    let at_peak = paicha.memory("VmHWM")?;
    drop(paicha);
    let mut starts = Vec::new();
    for _ in 0..setting.rounds {
        starts.push(Server::paicha(&setting.program, &ours).await?.start_up.as_secs_f64() * 1000.0);
    }
    Ok(Measured { pairs, at_rest, at_peak, starts })
}

async fn warm(server: &Server, clients: usize, next: &mut u64, make: &Make) -> Result<(), Failure> {
    let (_, on) = load::run(&server.address, clients, Duration::from_millis(300), *next, make).await?;
    *next = on;
    Ok(())
}

fn workload(with_photo: bool) -> &'static str {
    if with_photo { "W2 submit with a photo" } else { "W1 submit" }
}
