//! Callers of the hub over HTTP/1.1, each on a connection of its own that is kept open. Written out by hand: on a
//! machine that also runs the hub and its database a client library would take the time that is to be measured.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::BenchError;

/// A change is meant for whatever version there is.
const ANY: &str = "If-Match: *\r\n";

/// One caller.
pub(super) struct Caller {
    stream: TcpStream,
    head: String,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Caller {
    /// Connects, to speak as whoever has the token.
    pub async fn connect(address: SocketAddr, token: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "Host: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: "
        );
        Ok(Self { stream, head, request: Vec::with_capacity(2048), answer: Vec::with_capacity(2048) })
    }

    /// The status and the body of the answer.
    pub async fn get(&mut self, path: &str) -> Result<(u16, &[u8])> {
        self.ask("GET", path, "", "").await
    }

    /// The status and the body of the answer.
    pub async fn post(&mut self, path: &str, body: &str) -> Result<(u16, &[u8])> {
        self.ask("POST", path, ANY, body).await
    }

    /// A change to a card, whatever its version: the status and the body of the answer.
    pub async fn put(&mut self, path: &str, body: &str) -> Result<(u16, &[u8])> {
        self.ask("PUT", path, ANY, body).await
    }

    /// What is not there yet is put there: the status and the body of the answer.
    pub async fn make(&mut self, path: &str, body: &str) -> Result<(u16, &[u8])> {
        self.ask("PUT", path, "If-None-Match: *\r\n", body).await
    }

    async fn ask(&mut self, method: &str, path: &str, condition: &str, body: &str) -> Result<(u16, &[u8])> {
        self.request.clear();
        let length = body.len().to_string();
        for part in [method, " ", path, " HTTP/1.1\r\n", condition, &self.head, &length, "\r\n\r\n", body] {
            self.request.extend_from_slice(part.as_bytes());
        }
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            if let Some((status, from, to)) = whole(&self.answer)? {
                return Ok((status, &self.answer[from..to]));
            }
        }
    }
}

/// As many callers as asked for.
pub(super) async fn connect(
    address: SocketAddr,
    token: &str,
    count: usize,
) -> std::result::Result<Vec<Caller>, BenchError> {
    let mut callers = Vec::with_capacity(count);
    for _ in 0..count {
        let caller = Caller::connect(address, token).await;
        callers.push(caller.map_err(|e| BenchError::Io("a connection to the hub", e))?);
    }
    Ok(callers)
}

/// The status of an answer and where its body lies, once all of it has come.
fn whole(answer: &[u8]) -> Result<Option<(u16, usize, usize)>> {
    let strange = || Error::from(ErrorKind::InvalidData);
    let Some(end) = answer.windows(4).position(|w| w == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&answer[..end]).map_err(|_| strange())?;
    let status = head.get(9..12).and_then(|s| s.parse().ok()).ok_or_else(strange)?;
    let length = head.lines().filter_map(|line| line.split_once(": ")).find_map(|(name, value)| {
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let to = end + 4 + length.unwrap_or(0);
    Ok((answer.len() >= to).then_some((status, end + 4, to)))
}

/// What callers came to.
#[derive(Debug, Clone, Default)]
pub(super) struct Served {
    /// From the first request to the last answer.
    pub took: Duration,
    /// What each that was served waited, ascending.
    pub waits: Vec<Duration>,
    /// How many were not answered as they should have been.
    pub refused: usize,
}

impl Served {
    /// Wall time for each.
    pub fn each(&self) -> Duration {
        self.took.div_f64(self.waits.len().max(1) as f64)
    }

    /// Fails when more than one in a hundred was refused.
    pub fn check(&self) -> std::result::Result<(), BenchError> {
        if self.refused * 100 <= self.waits.len() {
            return Ok(());
        }
        Err(BenchError::Hub(format!("it refused {} of {}", self.refused, self.refused + self.waits.len())))
    }

    /// What this share of them waited at most.
    pub fn quantile(&self, share: f64) -> Duration {
        quantile(&self.waits, share)
    }
}

/// The value that this share of the ascending values does not exceed.
pub(super) fn quantile(waits: &[Duration], share: f64) -> Duration {
    // A share is between 0 and 1, so that the product is an index.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let index = (waits.len() as f64 * share) as usize;
    waits.get(index.min(waits.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// Everyone does the act again and again, each beginning anew as soon as it is answered, until the time is over;
/// what is under way then is waited for. `act` gives its caller back and says whether it was answered as it should.
pub(super) async fn race<C, F, T>(callers: Vec<C>, length: Duration, act: F) -> Served
where
    C: Send + 'static,
    F: Fn(C) -> T + Clone + Send + 'static,
    T: Future<Output = (C, bool)> + Send,
{
    let over = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    let began = Instant::now();
    for mut caller in callers {
        let (over, act) = (Arc::clone(&over), act.clone());
        tasks.spawn(async move {
            let (mut waits, mut refused) = (Vec::with_capacity(4_096), 0);
            while !over.load(Ordering::Relaxed) {
                let asked = Instant::now();
                let answered;
                (caller, answered) = act(caller).await;
                if answered {
                    waits.push(asked.elapsed());
                } else {
                    refused += 1;
                }
            }
            (waits, refused)
        });
    }
    tokio::time::sleep(length).await;
    over.store(true, Ordering::Relaxed);
    let mut served = Served::default();
    for (waits, refused) in tasks.join_all().await {
        served.waits.extend(waits);
        served.refused += refused;
    }
    served.took = began.elapsed();
    served.waits.sort_unstable();
    served
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_length_has_come() {
        let answer = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(whole(&answer[..answer.len() - 1]).ok(), Some(None));
        assert_eq!(whole(answer).ok(), Some(Some((201, answer.len() - 2, answer.len()))));
        assert!(whole(b"nonsense\r\n\r\n").is_err());
    }

    #[test]
    fn a_quantile_is_one_of_the_values() {
        let waits: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(quantile(&waits, 0.5), Duration::from_millis(51));
        assert_eq!(quantile(&waits, 0.99), Duration::from_millis(100));
        assert_eq!(quantile(&[], 0.5), Duration::ZERO);
    }
}
