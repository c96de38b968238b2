const { Socket } = require('node:net')
const socket = new Socket({ fd: 3 })
let begun = ''
socket.setEncoding('utf8')
socket.on('data', (text) => {
  begun += text
  for (let end = begun.indexOf('\n'); end >= 0; end = begun.indexOf('\n')) {
    const [id, cart] = JSON.parse(begun.slice(0, end))
    begun = begun.slice(end + 1)
    socket.write(`${JSON.stringify([id, { ok: true, sum: cart.items.length }])}\n`)
  }
})
