//! A line to a server that a test can cut, silence and mend.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// The line. While it is cut every connection over it is closed, and new ones are closed at once. While it is silent
/// connections stay and new ones are taken, and nothing comes through; what was sent meanwhile comes when it is mended, as
/// TCP sends again what was lost.
pub struct Line(Arc<Both>);

#[derive(Default)]
struct Both {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    cut: bool,
    silent: bool,
    open: Vec<TcpStream>,
}

impl Both {
    /// Brings over what comes, until one end closes.
    fn carry(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut bytes = [0; 16 << 10];
        while let Ok(n @ 1..) = from.read(&mut bytes) {
            let state = self.state.lock().expect("no panic");
            drop(self.changed.wait_while(state, |state| state.silent).expect("no panic"));
            if to.write_all(&bytes[..n]).is_err() {
                break;
            }
        }
        // However it ends, the other way ends with it.
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    }
}

impl Line {
    /// A line to the server of an address, which from now on names the line's own end.
    pub fn before(url: &mut String) -> Self {
        let config: tokio_postgres::Config = url.parse().expect("an address");
        let tokio_postgres::config::Host::Tcp(host) = &config.get_hosts()[0] else { panic!("tests use TCP") };
        let server = (host.clone(), config.get_ports()[0]);
        let listener = TcpListener::bind(("127.0.0.1", super::free_port())).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let with_line = url.replace(&format!(":{}/", server.1), &format!(":{port}/"));
        assert_ne!(*url, with_line);
        *url = with_line;
        let both = Arc::new(Both::default());
        let of_line = Arc::clone(&both);
        thread::spawn(move || {
            for inner in listener.incoming().map_while(Result::ok) {
                let mut state = of_line.state.lock().expect("no panic");
                if state.cut {
                    continue;
                }
                let outer = TcpStream::connect((server.0.as_str(), server.1)).expect("the server");
                for (from, to) in [(inner.again(), outer.again()), (outer.again(), inner.again())] {
                    let of_line = Arc::clone(&of_line);
                    thread::spawn(move || of_line.carry(from, to));
                }
                state.open.extend([inner, outer]);
            }
        });
        Self(both)
    }

    /// Cuts it.
    pub fn cut(&self) {
        self.change(|state| {
            state.cut = true;
            for connection in state.open.drain(..) {
                let _ = connection.shutdown(Shutdown::Both);
            }
        });
    }

    /// Makes it silent.
    pub fn silence(&self) {
        self.change(|state| state.silent = true);
    }

    /// Mends it.
    pub fn mend(&self) {
        self.change(|state| (state.cut, state.silent) = (false, false));
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.state.lock().expect("no panic"));
        self.0.changed.notify_all();
    }
}

/// Another handle to the same connection.
trait Again {
    fn again(&self) -> TcpStream;
}

impl Again for TcpStream {
    fn again(&self) -> TcpStream {
        self.try_clone().expect("a handle")
    }
}
