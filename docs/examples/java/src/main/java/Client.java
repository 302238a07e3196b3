import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.json.JSONObject;

/** Hears what is said in one's chats, with socket.io-client-java 2.1: ADDRESS EMAIL PASSWORD */
public final class Client {
  private static final HttpClient http = HttpClient.newHttpClient();
  private static final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();

  private final String url;
  /** The socket sends what is in here at each connection. */
  private final Map<String, String> auth = new HashMap<>();
  /** By chat: how far we are. Kept on disk in a real client. */
  private final JSONObject positions = new JSONObject();
  private JSONObject tokens;
  private Socket socket;

  private Client(String url) {
    this.url = url;
  }

  public static void main(String[] args) throws Exception {
    Client client = new Client(args[0]);
    client.take(client.post("/auth/login", new JSONObject().put("email", args[1]).put("password", args[2])));
    client.connect();
  }

  private void connect() {
    IO.Options options = new IO.Options();
    options.auth = auth;
    options.transports = new String[] {"websocket"};
    socket = IO.socket(URI.create(url), options);
    socket.on(Socket.EVENT_CONNECT_ERROR, args -> refused(args[0]));
    socket.on("session:ready", args -> catchUp(positions));
    socket.on("session:expiring", args -> later.execute(this::renew));
    socket.on("session:closing", args -> closing((JSONObject) args[0]));
    socket.on("server:draining", args -> moveAway(((JSONObject) args[0]).optLong("reconnectInMs")));
    socket.on("message:new", args -> show((JSONObject) args[0]));
    socket.connect();
  }

  /**
   * A refusal of Roost is a JSONObject with `data`; after it this library does not try again. Anything else is an exception of
   * the network, after which it does.
   */
  private void refused(Object error) {
    JSONObject refusal = error instanceof JSONObject object ? object.optJSONObject("data") : null;
    if (refusal == null) return;
    String code = refusal.getString("code");
    if (code.equals("auth/token_expired") || code.equals("auth/token_invalid")) {
      later.execute(this::renewAndConnect);
    } else if (refusal.getBoolean("retryable")) {
      later.schedule(socket::connect, Math.max(500, refusal.optLong("retryAfterMs")), TimeUnit.MILLISECONDS);
    } else {
      stop(refusal.getString("error"));
    }
  }

  private void renewAndConnect() {
    if (refresh()) socket.connect();
  }

  /** Keeps the socket: another access token before this one ends. */
  private void renew() {
    if (!refresh()) return;
    JSONObject token = new JSONObject().put("token", auth.get("token"));
    socket.emit("auth:refresh", token, (Ack) answer -> System.out.println("token renewed: " + answer[0]));
  }

  /** A refresh token is used once: keep the pair that comes for it. Where it is refused, somebody has to sign in again. */
  private boolean refresh() {
    try {
      JSONObject answer = post("/auth/refresh", new JSONObject().put("refreshToken", tokens.getString("refreshToken")));
      if (answer.optBoolean("success", true)) take(answer);
      else if (!answer.getBoolean("retryable")) stop(answer.getString("error"));
      return answer.optBoolean("success", true);
    } catch (Exception networkAway) {
      later.schedule(this::renewAndConnect, 1, TimeUnit.SECONDS); // the same token may be sent again
      return false;
    }
  }

  private void take(JSONObject answer) {
    if (!answer.has("accessToken")) stop(answer.optString("error"));
    tokens = answer;
    auth.put("token", answer.getString("accessToken"));
  }

  private void closing(JSONObject told) {
    if (!told.getBoolean("reconnect")) stop(told.getString("code"));
  }

  private void moveAway(long milliseconds) {
    later.schedule(() -> socket.disconnect().connect(), milliseconds, TimeUnit.MILLISECONDS);
  }

  /** Asks for what was said meanwhile, page by page, and for chats that are new. */
  private void catchUp(JSONObject chats) {
    socket.emit("sync", new JSONObject().put("chats", chats), (Ack) args -> {
      JSONObject answer = (JSONObject) args[0];
      if (!answer.getBoolean("success")) return; // chat:heads says again where more is
      JSONObject again = new JSONObject();
      JSONObject told = answer.getJSONObject("chats");
      for (String chatId : told.keySet()) {
        JSONObject one = told.getJSONObject(chatId);
        if (one.optBoolean("gone")) {
          positions.remove(chatId);
          continue;
        }
        if (one.has("messages")) one.getJSONArray("messages").forEach(message -> show((JSONObject) message));
        JSONObject chat = one.optJSONObject("chat"); // new to us, or too far away: the state as it is now
        long seq = chat == null ? one.getLong("seq") : chat.getLong("lastSeq");
        long rev = chat == null ? one.getLong("rev") : chat.getLong("rev");
        positions.put(chatId, new JSONObject().put("seq", seq).put("rev", rev));
        if (one.optBoolean("more")) again.put(chatId, positions.getJSONObject(chatId));
      }
      if (!again.isEmpty() || answer.optBoolean("more")) catchUp(again.isEmpty() ? positions : again);
    });
  }

  private void show(JSONObject message) {
    JSONObject position = positions.optJSONObject(message.getString("chatId"));
    long seq = message.getLong("seq");
    if (position != null && seq <= position.getLong("seq")) return; // told already
    if (position != null && seq == position.getLong("seq") + 1) position.put("seq", seq);
    String name = message.getJSONObject("sender").getString("displayName");
    System.out.println(seq + " " + name + ": " + message.getString("text"));
  }

  private JSONObject post(String path, JSONObject body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    return new JSONObject(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  private static void stop(String why) {
    System.err.println(why);
    System.exit(1);
  }
}
