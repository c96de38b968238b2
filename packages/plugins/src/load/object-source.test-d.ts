import * as v from 'valibot'
import { definePlugin } from '../contract/define-plugin.ts'
import { objectSource } from './object-source.ts'

const plain = definePlugin({ activate() {} })
const configured = definePlugin({
  config: v.object({ rate: v.number() }),
  activate({ config }) {
    config.rate satisfies number
  },
})

objectSource([
  { manifest: {}, definition: plain },
  { manifest: {}, definition: configured },
])

// @ts-expect-error a definition must have activate
objectSource([{ manifest: {}, definition: {} }])

// @ts-expect-error a plugin needs a manifest
objectSource([{ definition: plain }])
