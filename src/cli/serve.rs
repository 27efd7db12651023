//! `serve` and `demo`: the installation on the network.

use super::{Common, lang, open, print_text};
use crate::{
    accounts, demo as show, documents, follow,
    kernel::{App, Config, Error, Result, http::Closing},
    operations::{self, Watch},
};
use clap::Args;
use std::{path::Path, time::Duration};
use tokio_util::sync::CancellationToken;

refusals! {
    DEMO_ON_NETWORK "cli.demo_on_network" "演示数据只能在本机（回环地址）上提供服务。" "A demonstration is served on loopback addresses only.";
    DEMO_UNFINISHED "cli.demo_unfinished" "{data} 中的演示数据没有生成完毕，请删除该目录后重新运行。" "The demonstration in {data} was not finished; remove the folder and run this again.";
    NOT_A_DEMO "cli.not_a_demo" "{data} 中是正式数据，不能用作演示。" "{data} holds an installation in earnest; it cannot become a demonstration.";
    NOT_MIGRATED "cli.not_migrated" "数据库版本落后，请先运行 paicha migrate。" "The database is behind this program; run `paicha migrate` first.";
}

/// The file that makes a data folder a demonstration.
pub(super) const MARKER: &str = "DEMO";
/// What stands in it until everything has been made.
const MAKING: &str = "making\n";

/// Make a demonstration (once) and serve it on loopback.
#[derive(Debug, Args)]
pub struct Demo {
    /// Make the data and stop.
    #[arg(long)]
    no_serve: bool,
}

pub(super) async fn serve(common: &Common) -> Result<()> {
    let app = common.open().await?;
    if app.db.behind().await? > 0 {
        return NOT_MIGRATED.refuse();
    }
    listen(app).await
}

pub(super) async fn demo(common: &Common, demo: &Demo) -> Result<()> {
    let config = common.config("demo-data")?;
    if !config.listen.ip().is_loopback() {
        return DEMO_ON_NETWORK.refuse();
    }
    std::fs::create_dir_all(&config.data).map_err(Error::broken)?;
    let app = open(config, true).await?;
    let marker = app.config.data.join(MARKER);
    match std::fs::read_to_string(&marker) {
        Ok(state) if state.starts_with(MAKING) => return DEMO_UNFINISHED.with("data", marker_folder(&app)).refuse(),
        Ok(_) => app.db.migrate().await.map(|_| ())?,
        Err(_) => make(&app, &marker).await?,
    }
    print_text(&welcome(&app))?;
    if demo.no_serve { Ok(()) } else { listen(app).await }
}

/// Makes the data, unless the folder or the database holds an installation in earnest.
async fn make(app: &App, marker: &Path) -> Result<()> {
    if accounts::system(app).await.is_ok() {
        return NOT_A_DEMO.with("data", marker_folder(app)).refuse();
    }
    let write = |state: &str| std::fs::write(marker, state).map_err(Error::broken);
    write(MAKING)?;
    print_text(lang().say("正在生成演示数据，约需一分钟……", "Making the data; this takes about a minute …"))?;
    app.db.migrate().await?;
    show::make(app).await?;
    write("demonstration data\n")
}

/// Makes the folder a demonstration, unless it or the database holds an installation in earnest.
pub(super) async fn become_demo(app: &App) -> Result<()> {
    let marker = app.config.data.join(MARKER);
    if !marker.exists() {
        if accounts::system(app).await.is_ok() {
            return NOT_A_DEMO.with("data", marker_folder(app)).refuse();
        }
        std::fs::write(&marker, "demonstration data\n").map_err(Error::broken)?;
    }
    app.db.migrate().await.map(|_| ())
}

fn marker_folder(app: &App) -> String {
    app.config.data.display().to_string()
}

fn welcome(app: &App) -> String {
    let lang = lang();
    let mut text = format!(
        "\n  {}\n  http://{}\n\n  {}\n",
        lang.say("排查演示已就绪，请用浏览器打开：", "The demonstration is ready; open in a browser:"),
        app.config.listen,
        lang.say("可用以下人员登录，密码均为 paicha-demo：", "Sign in as one of these, password paicha-demo:"),
    );
    for person in show::PEOPLE.iter() {
        let what = lang.say(&person.what_zh, &person.what_en);
        text.push_str(&format!("    {:<10}{}  {what}\n", person.login, person.name));
    }
    text
}

async fn listen(app: App) -> Result<()> {
    if app.demo && !app.config.listen.ip().is_loopback() {
        return DEMO_ON_NETWORK.refuse();
    }
    begin_log(&app.config);
    documents::prepare(&app.config);
    let listener = tokio::net::TcpListener::bind(app.config.listen).await.map_err(Error::broken)?;
    tracing::info!(address = %app.config.listen, engine = app.db.engine(), "serving");
    let (stop, closing, watch) = (CancellationToken::new(), Closing::default(), Watch::over(&app));
    let follower = tokio::spawn(follow::run(app.clone(), stop.clone()));
    let numbers = show_numbers(&app, &watch, stop.clone()).await?;
    let router = crate::router_under(app.clone(), watch.clone()).layer(axum::Extension(closing.clone()));
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let pause = Duration::from_secs(app.config.drain_seconds);
    let told = async move {
        told_to_stop().await;
        watch.drain();
        tracing::info!(pause = pause.as_secs(), "told to stop; not ready any more");
        // whoever says it again cannot wait
        let _ = tokio::time::timeout(pause, told_to_stop()).await;
        closing.0.cancel();
    };
    let served = axum::serve(listener, service).with_graceful_shutdown(told).await;
    stop.cancel();
    follower.await.map_err(Error::broken)?;
    numbers.await.map_err(Error::broken)?;
    tracing::info!("stopped");
    served.map_err(Error::broken)
}

fn begin_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn,paicha=info".into());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if config.log_json { log.json().flatten_event(true).with_span_list(false).init() } else { log.init() }
}

/// Shows the numbers at their own address until `stop`, where one is set.
async fn show_numbers(app: &App, watch: &Watch, stop: CancellationToken) -> Result<tokio::task::JoinHandle<()>> {
    let Some(address) = app.config.metrics_listen else { return Ok(tokio::spawn(async {})) };
    let listener = tokio::net::TcpListener::bind(address).await.map_err(Error::broken)?;
    let router = operations::metrics_only(app.clone(), watch.clone());
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await {
            tracing::error!(%error, "the numbers are not shown any more");
        }
    }))
}

async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
