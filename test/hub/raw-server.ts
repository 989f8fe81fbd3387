import { type AddressInfo, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A server below HTTP: `answer` gets each connection with the first bytes that came on it. Gives its port. */
export async function serveRaw(answer: (socket: Socket, first: string) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // the reader may go at any time
    socket.once("close", () => sockets.delete(socket));
    socket.once("data", (bytes) => answer(socket, bytes.toString("latin1")));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
