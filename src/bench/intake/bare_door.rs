//! The least that stands between callers and a group commit: the same HTTP server reads the same messages, and answers
//! once rows of their size are durable. Nothing is checked, decided, written as JSON or chained. What a hub can reach
//! at most while callers, server and database share the cores.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::{Bytes, Data, post};
use actix_web::{App, HttpResponse, HttpServer, rt};

use super::peers::{Door, Supply, Writers};
use crate::bench::BenchError;
use crate::bench::callers::{Served, connect, race};
use crate::bench::hub::free_address;
use crate::bench::messages::Messages;
use crate::intake::http;

/// As many as the hub has (`api::serve`).
const WORKERS: usize = 2;
const PATH: &str = "/api/v1/messages";

/// Callers who send messages over HTTP to a server that hands each to the writers of the group commit.
pub(super) async fn serve(
    database: &str,
    supply: &Supply,
    messages: &Arc<Messages>,
    callers: usize,
    length: Duration,
) -> Result<Served, BenchError> {
    let writers = Writers::start(database, supply, super::peers::WRITERS).await?;
    let (address, server) = open(writers.door(supply))?;
    let connected = connect(address, "nobody's", callers).await?;
    let messages = Arc::clone(messages);
    let served = race(connected, length, move |mut caller| {
        let messages = Arc::clone(&messages);
        async move {
            let (_, message) = messages.next();
            let taken = matches!(caller.post(PATH, &message).await, Ok((201, _)));
            (caller, taken)
        }
    })
    .await;
    server.stop(true).await;
    writers.end().await;
    served.check()?;
    Ok(served)
}

/// The server, on a thread of its own as the hub has it.
fn open(door: Door) -> Result<(SocketAddr, ServerHandle), BenchError> {
    let io = |error| BenchError::Io("the bare HTTP server", error);
    let address = free_address()?;
    let listener = TcpListener::bind(address).map_err(io)?;
    let (handle, given) = mpsc::channel();
    std::thread::spawn(move || {
        rt::System::new().block_on(async move {
            let door = Data::new(door);
            let app = move || App::new().app_data(door.clone()).route(PATH, post().to(take));
            match HttpServer::new(app).workers(WORKERS).listen(listener) {
                Ok(server) => {
                    let server = server.disable_signals().run();
                    // Whoever waits for it has gone when this fails: then there is nobody to serve.
                    if handle.send(Ok(server.handle())).is_ok()
                        && let Err(error) = server.await
                    {
                        tracing::warn!(%error, "the bare HTTP server");
                    }
                }
                Err(error) => drop(handle.send(Err(error))),
            }
        });
    });
    let handle = given.recv().map_err(|_| BenchError::Hub("the bare HTTP server has gone".to_owned()))?;
    Ok((address, handle.map_err(io)?))
}

async fn take(door: Data<Door>, body: Bytes) -> HttpResponse {
    match http::read("application/json", &body) {
        Ok(message) if door.pass().await => HttpResponse::Created().json(message.id),
        Ok(_) => HttpResponse::ServiceUnavailable().finish(),
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}
