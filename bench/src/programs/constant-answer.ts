/** The minimum of a node:http server: three images as constant JSON. `constant-answer.ts PORT` */
import { createServer } from 'node:http';

const images = [1, 2, 3].map((number) => ({
  title: `Picture ${number}`,
  alt_text: `What picture number ${number} shows`,
  url: `https://images.example/${number}.jpg`,
}));
const body = Buffer.from(JSON.stringify(images));

const server = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
});
server.listen(Number(process.argv[2]), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
