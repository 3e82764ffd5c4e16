//! A line to a server that a test can cut and mend.

use std::io::copy;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The line. While it is cut every connection over it is closed, and new ones are closed at once.
pub struct Line(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    cut: bool,
    open: Vec<TcpStream>,
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
        let state = Arc::new(Mutex::new(State::default()));
        let of_line = Arc::clone(&state);
        thread::spawn(move || {
            for inner in listener.incoming().map_while(Result::ok) {
                let mut state = of_line.lock().expect("no panic");
                if state.cut {
                    continue;
                }
                let outer = TcpStream::connect((server.0.as_str(), server.1)).expect("the server");
                for (mut from, mut to) in [(inner.again(), outer.again()), (outer.again(), inner.again())] {
                    thread::spawn(move || {
                        // However it ends, the other way ends with it.
                        let _ = copy(&mut from, &mut to);
                        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
                    });
                }
                state.open.extend([inner, outer]);
            }
        });
        Self(state)
    }

    /// Cuts it.
    pub fn cut(&self) {
        let mut state = self.0.lock().expect("no panic");
        state.cut = true;
        for connection in state.open.drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    /// Mends it.
    pub fn mend(&self) {
        self.0.lock().expect("no panic").cut = false;
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
