// What the simulators' processes share of HTTP: a bounded body, and an answer without words for what a real gateway would not serve.
import type { IncomingMessage } from 'node:http'

export const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

export class Broken extends Error {
  readonly status: number
  constructor(status: number) {
    super(String(status))
    this.status = status
  }
}

/** Refuses with 413 what is longer than `max_bytes`. */
export async function readBody(request: IncomingMessage, max_bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > max_bytes) throw new Broken(413)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
