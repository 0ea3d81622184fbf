//! Slow clients, those of another protocol, and those that say too much.

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::sleep;

use super::*;

const SHORT: Duration = Duration::from_millis(60);

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.unwrap().block_on(test);
}

#[test]
fn a_head_that_comes_drop_by_drop_ends_the_connection() {
    run(async {
        let (mut client, server) = duplex(1 << 10);
        let mut server = Patient::new(server, SHORT, None);
        let drip = async {
            for byte in b"GET / HTTP/1.1\r\nhost: x\r\n".iter().cycle() {
                if client.write_all(&[*byte]).await.is_err() {
                    return;
                }
                sleep(SHORT / 10).await;
            }
        };
        let read = async {
            let mut buf = [0; 64];
            loop {
                if let Err(error) = server.read(&mut buf).await {
                    return error;
                }
            }
        };
        let error = tokio::select! {
            error = read => error,
            () = drip => unreachable!("it drips for ever"),
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    });
}

#[test]
fn bodies_and_pauses_have_time() {
    run(async {
        let (mut client, server) = duplex(1 << 10);
        let mut server = Patient::new(server, SHORT, None);
        let mut buf = [0; 128];
        for _ in 0..2 {
            // Nothing yet, then a head at once, and a body that takes long.
            sleep(SHORT * 2).await;
            client
                .write_all(b"POST / HTTP/1.1\r\nhost: x\r\n\r\n")
                .await
                .unwrap();
            assert_eq!(server.read(&mut buf).await.unwrap(), 28);
            server
                .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")
                .await
                .unwrap();
            for _ in 0..3 {
                sleep(SHORT).await;
                client.write_all(b"x").await.unwrap();
                assert_eq!(server.read(&mut buf).await.unwrap(), 1);
            }
            server.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        }
    });
}

#[test]
fn http2_is_refused_however_it_is_cut() {
    run(async {
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        for first in [1, 3, 4, preface.len()] {
            let (mut client, server) = duplex(1 << 10);
            let mut server = Patient::new(server, SHORT, None);
            let (one, two) = preface.split_at(first);
            client.write_all(one).await.unwrap();
            let mut buf = [0; 64];
            if first < HTTP2.len() {
                assert_eq!(server.read(&mut buf).await.unwrap(), first);
                client.write_all(two).await.unwrap();
            }
            assert_eq!(server.read(&mut buf).await.unwrap(), 0, "{first}");
            drop(server);
            let mut told = Vec::new();
            client.read_to_end(&mut told).await.unwrap();
            assert_eq!(told, NO_HTTP2, "{first}");
        }
        // Only at the beginning, and only all of it.
        let (mut client, server) = duplex(1 << 10);
        let mut server = Patient::new(server, SHORT, None);
        let mut buf = [0; 64];
        for text in ["PRINT / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n"] {
            client.write_all(text.as_bytes()).await.unwrap();
            assert_eq!(server.read(&mut buf).await.unwrap(), text.len());
            server.write_all(b"HTTP/1.1 400 x\r\n\r\n").await.unwrap();
        }
    });
}

#[test]
fn a_head_has_a_length() {
    run(async {
        let (mut client, server) = duplex(1 << 10);
        let mut server = Patient::new(server, SHORT * 100, None);
        let send = async {
            let _ = client.write_all(b"GET / HTTP/1.1\r\nx: ").await;
            while client.write_all(&[b'a'; 512]).await.is_ok() {}
        };
        let read = async {
            let mut buf = [0; 512];
            let mut all = 0;
            loop {
                match server.read(&mut buf).await.unwrap() {
                    0 => return all,
                    some => all += some,
                }
            }
        };
        let all = tokio::select! {
            all = read => all,
            () = send => unreachable!("the other side reads"),
        };
        assert!(all <= MAX_HEAD && all > MAX_HEAD - 1_024, "{all}");
    });
}

#[test]
fn an_answer_that_nobody_takes_ends_the_connection() {
    run(async {
        let (mut client, server) = duplex(16);
        let mut server = Patient::new(server, SHORT, None);
        let mut buf = [0; 16];
        server.write_all(&[1; 16]).await.unwrap();
        sleep(SHORT * 2).await;
        // Slow is not too slow.
        client.read_exact(&mut buf).await.unwrap();
        server.write_all(&[2; 16]).await.unwrap();
        let error = server.write_all(&[3; 1]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    });
}

#[test]
fn an_answer_that_is_taken_byte_by_byte_ends_the_connection() {
    run(async {
        let (mut client, server) = duplex(16);
        let mut server = Patient::new(server, SHORT, None);
        let sip = async {
            let mut byte = [0; 1];
            while client.read_exact(&mut byte).await.is_ok() {
                sleep(SHORT / 10).await;
            }
        };
        let error = tokio::select! {
            written = server.write_all(&[1; 1_000]) => written.unwrap_err(),
            () = sip => unreachable!("the other side writes on"),
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    });
}
