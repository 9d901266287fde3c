// Pictures come to browsers through the address of the product, so that its cookie rules, its certificate and its content policy hold, but are made in the video
// service: here bytes are handed on and nothing is read. A proxy in front may send /media/ to the service itself.
import { request, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'

const HOST = '127.0.0.1'
const WAIT_MS = 5_000
/** The list of a camera that nobody looked at yet waits for its first whole piece. */
const LIST_MS = 12_000
export function registerVideoRoutes(f: FastifyInstance, port: number = Number(process.env['HEYUAN_MEDIA_PORT'] ?? 8098), host: string = process.env['HEYUAN_MEDIA_HOST'] ?? HOST): void {
  f.server.on('upgrade', (req, socket, head) => {
    if (!req.url?.startsWith('/media/')) return socket.destroy()
    const up = connect({ port, host })
    up.setTimeout(WAIT_MS, () => up.destroy())
    up.once('connect', () => {
      up.setTimeout(0)
      const lines = [`${req.method} ${req.url} HTTP/1.1`]
      for (let i = 0; i + 1 < req.rawHeaders.length; i += 2) lines.push(`${req.rawHeaders[i]}: ${req.rawHeaders[i + 1]}`)
      up.write(`${lines.join('\r\n')}\r\n\r\n`)
      if (head.length > 0) up.write(head)
      socket.pipe(up).pipe(socket)
    })
    up.on('error', () => socket.destroy())
    up.on('close', () => socket.destroy())
    socket.on('error', () => up.destroy())
    socket.on('close', () => up.destroy())
  })
  f.get('/media/*', async (req, reply) => {
    const answer = await new Promise<IncomingMessage>((done, fail) => {
      const r = request({ host, port, path: req.url, method: 'GET', headers: { ...(req.headers.range ? { range: req.headers.range } : {}), host: req.headers.host ?? '' }, timeout: req.url.startsWith('/media/hls/') ? LIST_MS : WAIT_MS }, done)
      r.on('timeout', () => r.destroy(new Error('timeout')))
      r.on('error', fail)
      r.end()
    }).catch(() => null)
    if (!answer) return reply.status(502).send({ error: 'kernel.busy', message: '视频服务没有运行,请联系管理员' })
    for (const k of ['content-type', 'content-length', 'content-range', 'accept-ranges', 'content-disposition']) if (answer.headers[k]) reply.header(k, answer.headers[k])
    return reply.status(answer.statusCode ?? 502).header('cache-control', 'no-store').send(answer)
  })
}
