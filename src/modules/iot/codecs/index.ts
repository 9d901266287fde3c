// The codecs by the name of their protocol: pure functions from bytes to named values, for drivers, the commissioning screen and `heyuan decode`.
import { bytesOf, BadFrame, type Decoded } from './bytes.ts'
import { decodeCjt188 } from './cjt188.ts'
import { decodeDlt645v1997 } from './dlt645_1997.ts'
import { decodeDlt645v2007 } from './dlt645_2007.ts'
import { decodeGb26875 } from './gb26875.ts'
import { decodeHj212 } from './hj212.ts'
import { decodeModbus } from './modbus.ts'

export type { Decoded, DecodedItem } from './bytes.ts'
const CODECS = {
  'dlt645-2007': decodeDlt645v2007,
  'dlt645-1997': decodeDlt645v1997,
  cjt188: decodeCjt188,
  modbus: decodeModbus,
  hj212: decodeHj212,
  gb26875: decodeGb26875,
} as const
export type Protocol = keyof typeof CODECS
export const PROTOCOLS = Object.keys(CODECS) as Protocol[]
export const isProtocol = (name: string): name is Protocol => name in CODECS

export const decode = (protocol: Protocol, frame: Uint8Array): Decoded => CODECS[protocol](frame)
/** One frame in hex. Never throws: a wrong frame says why. */
export function decodeHex(protocol: Protocol, text: string): Decoded {
  try {
    return CODECS[protocol](bytesOf(text))
  } catch (error) {
    if (!(error instanceof BadFrame)) throw error
    return { ok: false, reason: error.message, address: null, control: null, items: [] }
  }
}
