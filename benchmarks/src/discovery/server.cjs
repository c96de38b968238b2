// Answers every request with a few bytes, as fast as Node's own server can.
const { createServer } = require('node:http')
const server = createServer((request, response) => {
  request.resume()
  response.end('{"ok":true}')
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
