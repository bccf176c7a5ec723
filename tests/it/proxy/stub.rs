//! A proxy that passes every connection on to one server and keeps the heads that it read.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::tls;

pub(super) struct Proxy {
    pub(super) port: u16,
    heads: Heads,
}

type Heads = Arc<Mutex<Vec<String>>>;

impl Proxy {
    pub(super) async fn to(server: u16) -> Self {
        let (listener, proxy) = Self::listen().await;
        let heads = Arc::clone(&proxy.heads);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass_on(client, server, Arc::clone(&heads)));
            }
        });
        proxy
    }

    /// One that is itself behind TLS, with a certificate that nobody knows.
    pub(super) async fn within_tls(server: u16) -> Self {
        let (listener, proxy) = Self::listen().await;
        let heads = Arc::clone(&proxy.heads);
        let acceptor = tls::acceptor(&tls::self_signed());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let client = acceptor.accept(client).await.unwrap();
                tokio::spawn(pass_on(client, server, Arc::clone(&heads)));
            }
        });
        proxy
    }

    async fn listen() -> (TcpListener, Self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Heads::default();
        (listener, Self { port, heads })
    }

    pub(super) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    pub(super) fn head(&self) -> String {
        self.heads()[0].clone()
    }
}

async fn pass_on(mut client: impl AsyncRead + AsyncWrite + Unpin, server: u16, heads: Heads) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    let text = String::from_utf8(head.clone()).unwrap();
    let is_tunnel = text.starts_with("CONNECT ");
    heads.lock().unwrap().push(text);
    let mut server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
    if is_tunnel {
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        client.flush().await.unwrap();
    } else {
        server.write_all(&head).await.unwrap();
    }
    let _ = copy_bidirectional(&mut client, &mut server).await;
}
