// aedes gathers one packet without a limit: 150 MB streamed in one PUBLISH became 150 MB of memory (H3). The remaining length stands in the fixed
// header of each packet (MQTT 3.1.1, 2.2.3), so a packet that would be too large is known by its first five bytes.
import type { Socket } from 'node:net'

export const PACKET_MAX = 256 * 1024

/** Follows a stream of packets by their headers; false as soon as one is too large or its length is malformed. */
export function packetGuard(max = PACKET_MAX): (chunk: Uint8Array) => boolean {
  let left = 0
  let in_header = false
  let length = 0
  let shift = 0
  return (chunk) => {
    let i = 0
    while (i < chunk.length) {
      if (left > 0) {
        const n = Math.min(left, chunk.length - i)
        left -= n
        i += n
        continue
      }
      const byte = chunk[i++]!
      if (!in_header) {
        in_header = true
        length = 0
        shift = 0
        continue
      }
      if (shift > 21) return false
      length += (byte & 0x7f) * 2 ** shift
      shift += 7
      if (length > max) return false
      if ((byte & 0x80) === 0) {
        in_header = false
        left = length
      }
    }
    return true
  }
}

/** aedes takes what has come by `read()`; each piece is looked at there, before it is parsed, without another stream between. */
export function guarded(socket: Socket, max = PACKET_MAX): Socket {
  const good = packetGuard(max)
  const read = socket.read.bind(socket)
  socket.read = ((n?: number) => {
    const chunk = read(n) as Buffer | null
    if (chunk === null || good(chunk)) return chunk
    socket.destroy()
    return null
  }) as typeof socket.read
  return socket
}
