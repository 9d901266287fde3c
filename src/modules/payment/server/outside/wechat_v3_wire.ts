// One HTTP exchange with hard bounds and no second try. Whatever leaves the answer in doubt is a cause, not an error:
// the request may have had its effect, and only a later query can tell.
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

export interface WireRequest {
  url: URL
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body: string
}

export type WireAnswer =
  | { ok: true; status: number; headers: IncomingHttpHeaders; body: Buffer }
  | { ok: false; cause: 'timeout' | 'network' | 'too_large' }

export interface Wire {
  send(request: WireRequest): Promise<WireAnswer>
  end(): void
}

export interface WireBounds {
  timeout_ms: number
  max_bytes: number
}

export function makeWire(bounds: WireBounds): Wire {
  // Idle sockets are dropped after 4 s so that a peer closing an old one rarely costs a request its answer.
  const options = { keepAlive: true, maxSockets: 64, maxFreeSockets: 8, timeout: 4000 }
  const plain = new HttpAgent(options)
  const secure = new HttpsAgent(options)
  return {
    send: (request) => exchange(request, request.url.protocol === 'https:' ? secure : plain, bounds),
    end() {
      plain.destroy()
      secure.destroy()
    },
  }
}

function exchange(what: WireRequest, agent: HttpAgent, bounds: WireBounds): Promise<WireAnswer> {
  return new Promise((resolve) => {
    const open = what.url.protocol === 'https:' ? httpsRequest : httpRequest
    const outgoing = open(what.url, { method: what.method, headers: what.headers, agent })
    let done = false
    const finish = (answer: WireAnswer) => {
      if (done) return
      done = true
      clearTimeout(timer)
      if (!answer.ok) outgoing.destroy()
      resolve(answer)
    }
    // One clock over the whole exchange, waiting for a socket included: a dripping body cannot stretch it.
    const timer = setTimeout(() => finish({ ok: false, cause: 'timeout' }), bounds.timeout_ms)
    outgoing.on('error', () => finish({ ok: false, cause: 'network' }))
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      let size = 0
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > bounds.max_bytes) return finish({ ok: false, cause: 'too_large' })
        chunks.push(chunk)
      })
      incoming.on('error', () => finish({ ok: false, cause: 'network' }))
      incoming.on('close', () => finish({ ok: false, cause: 'network' }))
      incoming.on('end', () => {
        const { headers, statusCode, complete } = incoming
        if (!complete) return finish({ ok: false, cause: 'network' })
        finish({ ok: true, status: statusCode ?? 0, headers, body: Buffer.concat(chunks) })
      })
    })
    outgoing.end(what.body)
  })
}
