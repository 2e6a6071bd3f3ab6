//! A client at a steady rate: what a reader waits for who comes when he likes, not when the one before is served.
//!
//! Each request has its moment. One that is sent late, because the answer before it was, is counted from that moment
//! on: a server that stops for a second is told the wait of all who would have come in it.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

/// How fast, over how many connections, how long.
#[derive(Clone, Copy)]
pub struct Pace {
    /// Requests in a second, all together.
    pub rate: f64,
    /// Connections, each with one request at a time.
    pub connections: usize,
    /// For so long.
    pub lasts: Duration,
}

impl Pace {
    /// Asks at this pace; `request` writes what a connection sends as its nth. Returns what each request waited for its
    /// answer, ascending. Timers are exact to a millisecond, which is counted in.
    ///
    /// # Errors
    ///
    /// A connection fails, or an answer is no success.
    pub async fn keep<R>(self, address: SocketAddr, request: R) -> Result<Vec<Duration>>
    where
        R: Fn(usize, u64, &mut Vec<u8>) + Clone + Send + 'static,
    {
        let begin = Instant::now() + Duration::from_millis(20);
        let between = Duration::from_secs_f64(self.connections as f64 / self.rate);
        let mut tasks = Vec::new();
        for number in 0..self.connections {
            let request = request.clone();
            let first = begin + between.mul_f64(number as f64 / self.connections as f64);
            tasks.push(tokio::spawn(async move {
                let mut connection = Connection::open(address).await?;
                let (mut waits, mut bytes) = (Vec::new(), Vec::new());
                for nth in 0_u64.. {
                    let moment = first + between.mul_f64(nth as f64);
                    if begin + self.lasts <= moment {
                        break;
                    }
                    bytes.clear();
                    request(number, nth, &mut bytes);
                    sleep_until(moment).await;
                    connection.ask(&bytes).await?;
                    waits.push(moment.elapsed());
                }
                Ok::<_, anyhow::Error>(waits)
            }));
        }
        let mut waits = Vec::new();
        for task in tasks {
            waits.extend(task.await.context("a client stopped in the middle")??);
        }
        waits.sort_unstable();
        Ok(waits)
    }
}

/// What 99 of 100 waited at most. `waits` are ascending and not empty.
pub fn p99(waits: &[Duration]) -> Duration {
    waits[(waits.len() * 99).div_ceil(100) - 1]
}

/// A connection that is kept open.
pub struct Connection {
    stream: TcpStream,
    got: Vec<u8>,
}

impl Connection {
    /// Opens one.
    ///
    /// # Errors
    ///
    /// Nobody listens there.
    pub async fn open(address: SocketAddr) -> Result<Connection> {
        let stream = TcpStream::connect(address).await.context("connecting")?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            got: Vec::with_capacity(64 * 1024),
        })
    }

    /// Sends a request and reads its answer, which is valid until the next: head and body.
    ///
    /// # Errors
    ///
    /// The connection ends, or the answer is no success or of no stated length.
    pub async fn ask(&mut self, request: &[u8]) -> Result<(&str, &[u8])> {
        self.stream.write_all(request).await?;
        self.got.clear();
        let (mut head, mut end) = (0, usize::MAX);
        while self.got.len() < end {
            if self.stream.read_buf(&mut self.got).await? == 0 {
                bail!("the server closed the connection in the middle of an answer");
            }
            if head == 0
                && let Some(found) = self.got.windows(4).position(|four| four == b"\r\n\r\n")
            {
                head = found + 4;
                end = head + body_bytes(&self.got[..found])?;
            }
        }
        let (head, body) = self.got.split_at(head);
        Ok((std::str::from_utf8(head)?, body))
    }
}

/// How long the body after a head is.
fn body_bytes(head: &[u8]) -> Result<usize> {
    let head = std::str::from_utf8(head)?;
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    if !status.starts_with("HTTP/1.1 2") {
        bail!("the server answered {status}");
    }
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = length.context("an answer does not say its length")?;
    Ok(length.trim().parse()?)
}

/// A question as it is sent.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_hundred_waits_the_last_but_one_counts() {
        let waits: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(p99(&waits), Duration::from_millis(99));
        assert_eq!(p99(&waits[..1]), Duration::from_millis(1));
    }

    #[test]
    fn only_a_success_of_a_stated_length_is_an_answer() {
        assert_eq!(
            body_bytes(b"HTTP/1.1 201 Created\r\nContent-Length: 12").ok(),
            Some(12)
        );
        for head in [
            "HTTP/1.1 429 Too Many Requests\r\ncontent-length: 1",
            "HTTP/1.1 200 OK\r\ndate: x",
        ] {
            assert!(body_bytes(head.as_bytes()).is_err(), "{head}");
        }
    }

    #[test]
    fn who_comes_while_the_server_stands_still_waits_too() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let waits = runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
                .await
                .expect("a port");
            let address = listener.local_addr().expect("an address");
            tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.expect("a client");
                let mut got = [0; 1024];
                let mut stood_still = false;
                while stream.read(&mut got).await.is_ok_and(|bytes| bytes != 0) {
                    if !std::mem::replace(&mut stood_still, true) {
                        tokio::time::sleep(Duration::from_millis(200)).await;
                    }
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                    stream.write_all(answer).await.expect("a reader");
                }
            });
            let pace = Pace {
                rate: 100.0,
                connections: 1,
                lasts: Duration::from_millis(500),
            };
            let waits = pace
                .keep(address, |_, _, out| out.extend_from_slice(&get("/")))
                .await;
            waits.expect("answers")
        });
        assert_eq!(waits.len(), 50);
        // The one that was held up, and those whose moments came meanwhile: 200, 190, 180 … ms.
        let late = waits
            .iter()
            .filter(|wait| Duration::from_millis(95) < **wait)
            .count();
        assert!(10 <= late, "{late} waited");
    }
}
