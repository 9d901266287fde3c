// The port of whoever issues electronic invoices (开票通道), and the one protocol that speaks it: JSON over HTTPS, every request and answer signed
// with HMAC-SHA256. Services of the providers differ in names, not in kind: issue under a number of ours, ask by it, fetch the paper.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Failed, Unknown } from './channel.ts'
import { makeWire, type Wire } from './wechat_v3_wire.ts'

export interface InvoiceOrder {
  /** One invoice, one number, for ever: repeated it issues once. */
  request_no: string
  kind: 'blue' | 'red'
  seller_name: string
  seller_tax_no: string
  title_kind: 'person' | 'company'
  title: string
  tax_no: string | null
  email: string | null
  phone: string | null
  /** Yuan as text, tax included. */
  amount: string
  tax: string
  lines: { goods_code: string; name: string; detail: string; amount: string; tax_rate: string; tax: string }[]
  red_of_no: string | null
  reason: string | null
}
export type InvoiceFact = { state: 'issuing' } | { state: 'issued'; invoice_no: string; issued_at: string; delivered: boolean } | { state: 'failed'; message: string }
export type IssueResult = ({ kind: 'ok' } & InvoiceFact) | Failed | Unknown
export type InvoiceQuery = InvoiceFact | { state: 'absent' } | { state: 'unknown'; cause: string }
export interface InvoiceIssuer {
  issue(order: InvoiceOrder): Promise<IssueResult>
  query(request_no: string): Promise<InvoiceQuery>
  pdf(request_no: string): Promise<Buffer | null>
  end(): void
}

export interface IssuerConfig {
  base_url: string
  app_key: string
  secret: string
}
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
const MAX_BYTES = 2 * 1024 * 1024
const TIMEOUT_MS = 8000
const WINDOW_MS = 300_000

const fact = z.object({ state: z.enum(['issuing', 'issued', 'failed']), invoice_no: z.string().regex(/^\d{20}$/).optional(), issued_at: z.iso.datetime({ offset: true }).optional(), delivered: z.boolean().optional(), message: z.string().max(300).optional() })
const refusal = z.object({ code: z.string().max(64), message: z.string().max(300) })

function readFact(value: unknown): InvoiceFact | null {
  const { success, data } = fact.safeParse(value)
  if (!success) return null
  if (data.state === 'issuing') return { state: 'issuing' }
  if (data.state === 'failed') return { state: 'failed', message: data.message ?? '' }
  return data.invoice_no && data.issued_at ? { state: 'issued', invoice_no: data.invoice_no, issued_at: data.issued_at, delivered: data.delivered ?? false } : null
}

export function httpIssuer(config: IssuerConfig, around: { now(): Date; timeout_ms?: number }): InvoiceIssuer {
  const base = new URL(config.base_url)
  const safe = base.protocol === 'https:' || (base.protocol === 'http:' && LOOPBACK.has(base.hostname))
  if (!safe || base.pathname !== '/' || base.search !== '' || base.username !== '') throw new TypeError('invoice issuer: base_url must be an https origin, or loopback for the simulation')
  const wire: Wire = makeWire({ timeout_ms: Math.min(around.timeout_ms ?? TIMEOUT_MS, TIMEOUT_MS), max_bytes: MAX_BYTES })
  const mac = (text: Buffer): string => createHmac('sha256', config.secret).update(text).digest('hex')

  async function ask(method: 'GET' | 'POST', path: string, payload?: object): Promise<{ status: number; body: Buffer } | Unknown> {
    const body = payload === undefined ? '' : JSON.stringify(payload)
    const timestamp = String(Math.trunc(around.now().getTime() / 1000))
    const nonce = randomBytes(12).toString('hex')
    const sign = mac(Buffer.from(`${method}\n${path}\n${timestamp}\n${nonce}\n${body}`))
    const headers: Record<string, string> = { 'X-App-Key': config.app_key, 'X-Timestamp': timestamp, 'X-Nonce': nonce, 'X-Sign': sign, 'Content-Length': String(Buffer.byteLength(body)), 'User-Agent': 'heyuan' }
    if (body !== '') headers['Content-Type'] = 'application/json'
    const a = await wire.send({ url: new URL(path, base), method, headers, body })
    if (!a.ok) return { kind: 'unknown', cause: a.cause }
    if (a.status >= 500) return { kind: 'unknown', cause: 'http_5xx' }
    const at = String(a.headers['x-timestamp'] ?? '')
    const given = Buffer.from(String(a.headers['x-sign'] ?? ''), 'hex')
    // Bound to our nonce: an answer to another request is none of ours.
    const right = Buffer.from(mac(Buffer.concat([Buffer.from(`${a.status}\n${at}\n${nonce}\n`), a.body])), 'hex')
    if (given.length !== right.length || !timingSafeEqual(given, right)) return { kind: 'unknown', cause: 'bad_signature' }
    if (!/^\d{10}$/.test(at) || Math.abs(around.now().getTime() - Number.parseInt(at, 10) * 1000) >= WINDOW_MS) return { kind: 'unknown', cause: 'stale' }
    return { status: a.status, body: a.body }
  }
  const parse = (bytes: Buffer): unknown => {
    try {
      return JSON.parse(bytes.toString('utf8'))
    } catch {
      return undefined
    }
  }
  return {
    async issue(order) {
      const a = await ask('POST', '/invoice/issue', order)
      if ('kind' in a) return a
      if (a.status === 200) {
        const read = readFact(parse(a.body))
        return read ? { kind: 'ok', ...read } : { kind: 'unknown', cause: 'malformed' }
      }
      const { success, data } = refusal.safeParse(parse(a.body))
      return success ? { kind: 'failed', ...data } : { kind: 'unknown', cause: `http_${a.status}` }
    },
    async query(request_no) {
      const a = await ask('GET', `/invoice/${encodeURIComponent(request_no)}`)
      if ('kind' in a) return { state: 'unknown', cause: a.cause }
      if (a.status === 404) return { state: 'absent' }
      return (a.status === 200 ? readFact(parse(a.body)) : null) ?? { state: 'unknown', cause: `http_${a.status}` }
    },
    async pdf(request_no) {
      const a = await ask('GET', `/invoice/${encodeURIComponent(request_no)}/pdf`)
      return 'kind' in a || a.status !== 200 || a.body.subarray(0, 5).toString() !== '%PDF-' ? null : a.body
    },
    end: () => wire.end(),
  }
}
