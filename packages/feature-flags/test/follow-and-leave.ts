/** Follows a file and a server, closes nothing, and has nothing else to do. */
import { defineFlags, flag } from '@ashlar/feature-flags'
import { LiveFlags } from '@ashlar/feature-flags/live'
import { httpSource } from '@ashlar/feature-flags/sources'
import { fileSource } from '@ashlar/feature-flags/sources/file'

const [path = '', url = ''] = process.argv.slice(2)
const flags = defineFlags({ banner: flag.boolean() })
const bootstrap = { version: 1, flags: {} }
for (const source of [fileSource(path), httpSource(url)]) {
  const live = await LiveFlags.open(flags, { source, bootstrap })
  console.log(live._unsafeUnwrap().status)
}
