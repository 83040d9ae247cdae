// A stand-in for the Notificaties API that messages go to.
import { createServer } from "node:http";

/** Starts one. `status` is what a message is answered with; it may be changed at any time. */
export async function receiver() {
  const stand = { status: 201, messages: [] };
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part) => { text += part; }).on("end", () => {
      const body = text ? JSON.parse(text) : {};
      const isMessage = request.url.endsWith("/notificaties");
      const status = isMessage ? stand.status : request.method === "GET" ? 200 : 201;
      if (isMessage && status === 201) stand.messages.push(body);
      response.writeHead(status, { "Content-Type": status < 400 ? "application/json" : "application/problem+json" });
      if (status >= 400) {
        const detail = status < 500 ? "Kanaal 'klanten' is niet bekend." : "De dienst is even niet beschikbaar.";
        response.end(JSON.stringify({ title: status < 500 ? "Ongeldig" : "Storing", status, detail }));
      } else {
        response.end(JSON.stringify(request.method === "GET" ? [] : body));
      }
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  stand.settings = {
    OPENKLANT_NOTIFICATIES_API_ROOT: `http://127.0.0.1:${server.address().port}/api/v1/`,
    OPENKLANT_NOTIFICATIES_CLIENT_ID: "openklant",
    OPENKLANT_NOTIFICATIES_SECRET: "a-secret-of-the-tests-in-the-browser",
    OPENKLANT_NOTIFICATIES_POLL_INTERVAL: "200ms",
  };
  stand.stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return stand;
}
