const { parentPort } = require('node:worker_threads')
parentPort.on('message', ([id, cart]) => parentPort.postMessage([id, { ok: true, sum: cart.items.length }]))
