// HTTP: POST /api/<module>/<call> for reads and writes, POST /api/batch for several writes entered without network, GET /dl/<module>/<call>?input=… for files, POST /up/<purpose> for uploads.
import cookie from '@fastify/cookie'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import type { App, FileAnswer } from './app.ts'
import { serveBatch } from './batch.ts'
import { Refusal } from './refuse.ts'
import type { Face, Who } from './scope.ts'
import { auditRefusal, problemOf, serve } from './serve.ts'
import { checkSize, isUnnamed, saveUpload } from './files.ts'
import { jsonBytes, lentUntilSent } from './json_bytes.ts'

const FACES: Face[] = ['admin', 'resident', 'staff', 'api']
export const cookieOf = (face: Face): string => `heyuan_${face}`
const BODY_MAX = 1024 * 1024

export async function httpServer(app: App): Promise<FastifyInstance> {
  const f = fastify({ bodyLimit: BODY_MAX, trustProxy: 'loopback', requestTimeout: 60_000, connectionTimeout: 60_000, logger: false })
  await f.register(cookie)
  // Any other body is read as a stream by the upload route only.
  f.addContentTypeParser('application/octet-stream', (_req, payload, done) => done(null, payload))
  f.addHook('onSend', async (_req, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'same-origin').header('x-frame-options', 'SAMEORIGIN')
    reply.header('permissions-policy', 'camera=(self), geolocation=(self), microphone=(self)')
    if (!reply.hasHeader('content-security-policy'))
      reply.header('content-security-policy', "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; connect-src 'self'; frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'")
  })
  f.setErrorHandler((error, req, reply) => {
    const code = (error as { code?: string }).code
    const known = code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? new Refusal('kernel.too_large', { max: '1 MB' }) : code?.startsWith('FST_ERR_CTP') || error instanceof SyntaxError ? new Refusal('kernel.invalid', { detail: '请求格式不正确' }) : error
    fail(app, req, reply, known)
  })
  f.post('/api/:module/:call', (req, reply) => api(app, req, reply))
  f.post('/api/batch', (req, reply) => batch(app, req, reply))
  f.get('/dl/:module/:call', (req, reply) => fileOut(app, req, reply))
  f.post('/up/:purpose', { bodyLimit: 64 * 1024 * 1024 }, (req, reply) => upload(app, req, reply))
  f.get('/healthz', async () => ({ ok: true }))
  return f
}

interface Path {
  module: string
  call: string
}

async function api(app: App, req: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { module, call } = req.params as Path
  const a = app.answers.get(`${module}.${call}`)
  if (!a || a.call.kind === 'download') return fail(app, req, reply, new Refusal('kernel.not_found'))
  try {
    const asked = await person(app, req)
    const given = await serve(app, a, { ...asked, input: req.body })
    applySession(reply, asked.who.face, given)
    const { bytes, lent } = jsonBytes(given ?? {})
    lentUntilSent(lent, reply.raw)
    return await reply.header('cache-control', 'no-store').type('application/json; charset=utf-8').send(bytes)
  } catch (error) {
    return fail(app, req, reply, error)
  }
}

async function batch(app: App, req: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  try {
    return await reply.header('cache-control', 'no-store').send(await serveBatch(app, await person(app, req), req.body))
  } catch (error) {
    return fail(app, req, reply, error)
  }
}

/** Sign-in calls answer `session: { token, max_age_s } | null`; the token goes into an HttpOnly cookie and never to the page. */
function applySession(reply: FastifyReply, face: Face, given: unknown): void {
  const s = (given as { session?: { token: string; max_age_s: number } | null } | undefined)?.session
  if (s === undefined || given === undefined) return
  const base = { path: '/', httpOnly: true, sameSite: 'lax' as const, secure: process.env['HEYUAN_HTTPS'] === '1' }
  if (s) reply.setCookie(cookieOf(face), s.token, { ...base, maxAge: s.max_age_s })
  else reply.clearCookie(cookieOf(face), base)
  if (face !== 'api') delete (given as { session?: unknown }).session
}

async function fileOut(app: App, req: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { module, call } = req.params as Path
  const a = app.answers.get(`${module}.${call}`)
  if (!a || a.call.kind !== 'download') return fail(app, req, reply, new Refusal('kernel.not_found'))
  try {
    const raw = (req.query as { input?: string }).input
    let input: unknown
    try {
      input = raw === undefined ? {} : JSON.parse(raw)
    } catch {
      throw new Refusal('kernel.invalid', { detail: '下载参数不正确' })
    }
    const asked = await person(app, req)
    const file = (await serve(app, a, { ...asked, input })) as FileAnswer
    reply.header('cache-control', 'no-store').header('content-type', file.type)
    reply.header('content-disposition', `${file.inline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`)
    return await reply.send(file.body)
  } catch (error) {
    return fail(app, req, reply, error)
  }
}

async function upload(app: App, req: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  let asked: { who: Who; company_id: number } | undefined
  const { purpose } = req.params as { purpose: string }
  const name = fileName(req)
  try {
    asked = await person(app, req)
    if (asked.who.kind === 'anonymous') throw new Refusal('kernel.not_signed_in')
    // A browser says how much it will send: too much is refused before a byte is read, so that the answer arrives.
    checkSize(purpose, Number(req.headers['content-length'] ?? 0))
    const file = await saveUpload(app, asked, { purpose, name, body: req.body as Readable })
    return await reply.send(file)
  } catch (error) {
    if (asked) await auditRefusal(app, { ...asked, input: { purpose, file_name: name } }, 'kernel.upload', error, isUnnamed(purpose))
    return fail(app, req, reply, error)
  }
}

function fileName(req: FastifyRequest): string {
  try {
    return decodeURIComponent(String(req.headers['x-file-name'] ?? 'file'))
  } catch {
    return 'file'
  }
}

async function person(app: App, req: FastifyRequest): Promise<{ who: Who; company_id: number }> {
  if (req.method !== 'GET') sameOrigin(req)
  const asked = String(req.headers['x-face'] ?? (req.query as { face?: string })?.face ?? 'api') as Face
  const face = FACES.includes(asked) ? asked : 'api'
  const ip = req.ip
  const agent = req.headers['user-agent']?.slice(0, 300) ?? null
  const bearer = /^Bearer (\S{20,200})$/.exec(req.headers.authorization ?? '')?.[1]
  const token = bearer ?? req.cookies[cookieOf(face)]
  const known = token ? await app.whoIs(token, { ip, agent, face }) : null
  return known ?? { company_id: 0, who: { kind: 'anonymous', account_id: null, name: '未登录', phone: null, face, ip, agent, session: null, grants: [] } }
}

/** A browser always says where a POST comes from; a foreign page is refused even when cookies travel. */
function sameOrigin(req: FastifyRequest): void {
  const origin = req.headers.origin
  if (origin === undefined) return
  let host: string
  try {
    host = new URL(origin).host
  } catch {
    throw new Refusal('kernel.wrong_origin')
  }
  if (host !== req.headers.host && host !== req.headers['x-forwarded-host']) throw new Refusal('kernel.wrong_origin')
}

function fail(app: App, req: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const { status, problem } = problemOf(app, error, { url: req.url.split('?')[0] })
  return reply.status(status).header('cache-control', 'no-store').type('application/json').send(problem)
}
