//! Hears what is said in one's chats, with rust_socketio 0.6: cargo run -- ADDRESS EMAIL PASSWORD

use rust_socketio::{client::Client, ClientBuilder, Event, Payload, RawClient, TransportType};
use serde_json::{json, Value};
use std::collections::HashMap;
use std::sync::{mpsc, Arc, Mutex};
use std::{env, process, thread, time::Duration};

/// Why a connection ended.
enum End {
    /// By the network, or by a replica that goes away.
    Break,
    Refused(Value),
}

/// By chat: how far we are. Kept on disk in a real client.
type Positions = Arc<Mutex<HashMap<String, Value>>>;

/// The answer, or the refusal, which is JSON as well; `Break` where there was neither.
fn post(url: &str, path: &str, body: Value) -> Result<Value, End> {
    match ureq::post(&format!("{url}{path}")).send_json(body) {
        Ok(answer) => answer.into_json().map_err(|_| End::Break),
        Err(ureq::Error::Status(_, answer)) => Err(answer.into_json().map_or(End::Break, End::Refused)),
        Err(_) => Err(End::Break),
    }
}

fn first(payload: Payload) -> Value {
    match payload {
        Payload::Text(values) => values.into_iter().next().unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

/// This library tells a refused handshake as the event `error`, in a sentence that ends with its JSON.
fn refusal_in(payload: Payload) -> Option<Value> {
    let told = first(payload).as_str()?.to_owned();
    let json: Value = serde_json::from_str(&told[told.find('{')?..]).ok()?;
    json.get("data").cloned()
}

/// Connects and stays; gives why it ended. Its own reconnecting would send the first token for ever.
fn stay(url: &str, tokens: &Arc<Mutex<Value>>, positions: &Positions) -> End {
    let (ended, end) = mpsc::channel();
    let (refused, closed, closing, draining) = (ended.clone(), ended.clone(), ended.clone(), ended.clone());
    let (ready, heard) = (positions.clone(), positions.clone());
    let (address, renewed) = (url.to_owned(), tokens.clone());
    let token = tokens.lock().unwrap()["accessToken"].clone();
    let connection = ClientBuilder::new(url)
        .auth(json!({ "token": token }))
        .transport_type(TransportType::Websocket)
        .reconnect(false)
        .on(Event::Error, move |payload, _| {
            let _ = refused.send(refusal_in(payload).map_or(End::Break, End::Refused));
        })
        .on(Event::Close, move |_, _| drop(closed.send(End::Break)))
        .on("session:closing", move |payload, _| {
            let told = first(payload);
            if told["reconnect"] == false {
                let refusal = json!({ "code": told["code"], "error": told["code"], "retryable": false });
                let _ = closing.send(End::Refused(refusal));
            }
        })
        .on("server:draining", move |payload, _| {
            let wait = Duration::from_millis(first(payload)["reconnectInMs"].as_u64().unwrap_or(0));
            let leaving = draining.clone();
            thread::spawn(move || {
                thread::sleep(wait);
                let _ = leaving.send(End::Break);
            });
        })
        .on("session:expiring", move |_, socket| {
            if let Ok(token) = refresh(&address, &renewed) {
                let token = json!({ "token": token });
                let _ = socket.emit_with_ack("auth:refresh", token, Duration::from_secs(10), |_, _| {});
            }
        })
        .on("session:ready", move |_, socket| {
            let all = json!(*ready.lock().unwrap());
            catch_up(&socket, all, ready.clone());
        })
        .on("message:new", move |payload, _| show(&first(payload), &heard))
        .connect();
    let socket: Client = match connection {
        Ok(socket) => socket,
        Err(_) => return End::Break,
    };
    let why = end.recv().unwrap_or(End::Break);
    let _ = socket.disconnect();
    why
}

/// A refresh token is used once: keep the pair that comes for it. One whose answer was lost may be sent again.
fn refresh(url: &str, tokens: &Arc<Mutex<Value>>) -> Result<Value, End> {
    let mut kept = tokens.lock().unwrap();
    *kept = post(url, "/auth/refresh", json!({ "refreshToken": kept["refreshToken"] }))?;
    Ok(kept["accessToken"].clone())
}

/// Asks for what was said meanwhile, page by page, and for chats that are new.
fn catch_up(socket: &RawClient, chats: Value, positions: Positions) {
    let answered = move |payload: Payload, socket: RawClient| {
        // An acknowledgement is the list of what it was answered with.
        let told = first(payload);
        let answer = if told.is_array() { told[0].clone() } else { told };
        let mut again = HashMap::new();
        for (id, one) in answer["chats"].as_object().into_iter().flatten() {
            if one["gone"] == true {
                positions.lock().unwrap().remove(id);
                continue;
            }
            for message in one["messages"].as_array().into_iter().flatten() {
                show(message, &positions);
            }
            // With a chat it is new to us, or too far away: the state as it is now.
            let (seq, rev) = match one.get("chat") {
                Some(chat) => (&chat["lastSeq"], &chat["rev"]),
                None => (&one["seq"], &one["rev"]),
            };
            let position = json!({ "seq": seq, "rev": rev });
            positions.lock().unwrap().insert(id.clone(), position.clone());
            if one["more"] == true {
                again.insert(id.clone(), position);
            }
        }
        if !again.is_empty() {
            catch_up(&socket, json!(again), positions.clone());
        } else if answer["more"] == true {
            let all = json!(*positions.lock().unwrap());
            catch_up(&socket, all, positions.clone());
        }
    };
    let _ = socket.emit_with_ack("sync", json!({ "chats": chats }), Duration::from_secs(10), answered);
}

fn show(message: &Value, positions: &Positions) {
    let (chat, seq) = (
        message["chatId"].as_str().unwrap_or_default(),
        message["seq"].as_u64().unwrap_or(0),
    );
    if let Some(position) = positions.lock().unwrap().get_mut(chat) {
        let last = position["seq"].as_u64().unwrap_or(0);
        if seq <= last {
            return; // told already
        }
        if seq == last + 1 {
            position["seq"] = json!(seq);
        }
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    println!(
        "{} {}: {}",
        message["seq"],
        text(&message["sender"]["displayName"]),
        text(&message["text"])
    );
}

fn stop(refusal: &Value) -> ! {
    eprintln!("{} ({})", refusal["error"], refusal["code"]);
    process::exit(1)
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [url, email, password] = arguments.as_slice() else {
        eprintln!("usage: cargo run -- ADDRESS EMAIL PASSWORD");
        process::exit(1)
    };
    let tokens = match post(url, "/auth/login", json!({ "email": email, "password": password })) {
        Ok(tokens) => Arc::new(Mutex::new(tokens)),
        Err(End::Refused(refusal)) => stop(&refusal),
        Err(End::Break) => stop(&json!({ "error": "nobody answers", "code": url })),
    };
    let positions = Positions::default();
    loop {
        let mut pause = 1_000;
        if let End::Refused(refusal) = stay(url, &tokens, &positions) {
            let stale = refusal["code"] == "auth/token_expired" || refusal["code"] == "auth/token_invalid";
            match refresh_if(stale, url, &tokens) {
                Err(End::Refused(refusal)) if refusal["retryable"] == false => stop(&refusal), // sign in again
                _ if !stale && refusal["retryable"] == false => stop(&refusal),
                _ => pause = pause.max(refusal["retryAfterMs"].as_u64().unwrap_or(0)),
            }
        }
        thread::sleep(Duration::from_millis(pause));
    }
}

fn refresh_if(stale: bool, url: &str, tokens: &Arc<Mutex<Value>>) -> Result<(), End> {
    if stale {
        refresh(url, tokens)?;
    }
    Ok(())
}
