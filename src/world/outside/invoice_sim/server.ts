// The simulated issuer of electronic invoices, written from the protocol of src/modules/payment/server/outside/README.md: one loopback port, HMAC on
// every request and answer, its truth in one folder, a plain PDF as the paper. It can be told to misbehave.
import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { readBody } from '../http.ts'
import { FaultQueue } from '../wechat_sim/faults.ts'

export const FAULTS = ['status_500', 'reset', 'hang', 'answer_lost', 'bad_signature', 'refuse', 'slow', 'no_pdf'] as const
export interface Fault {
  kind: (typeof FAULTS)[number]
  times?: number
  /** 'issue', 'query' or 'pdf'; any when absent. */
  route?: string
}
export interface SimInvoice {
  request_no: string
  print: string
  kind: 'blue' | 'red'
  title: string
  seller_name: string
  amount: string
  tax: string
  red_of_no: string | null
  email: string | null
  phone: string | null
  lines: { name: string; detail: string; amount: string; tax_rate: string; tax: string }[]
  invoice_no: string
  issued_at: string
  /** Seen as issuing until then. */
  ready_at: number
}
export interface SimOptions {
  dir: string
  port?: number
  now?: () => Date
}
export interface Sim {
  url: string
  config: { base_url: string; app_key: string; secret: string }
  control: { fault(fault: Fault): void; clear(): void; invoices(): SimInvoice[] }
  stop(): Promise<void>
}
const BODY_MAX = 256 * 1024
const SLOW_MS = 5000

export const DEFAULT_PORT = 8092
const folder = (dir: string): string => join(dir, 'sim_invoice')
function secretOf(dir: string): string {
  const path = join(folder(dir), 'secret')
  mkdirSync(folder(dir), { recursive: true, mode: 0o700 })
  try {
    writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(path, 'utf8')
}
export const simIssuerConfig = (dir: string, port: number = DEFAULT_PORT): Sim['config'] => ({ base_url: `http://127.0.0.1:${port}`, app_key: 'heyuan-sample', secret: secretOf(dir) })

/** A page that any viewer opens: the Chinese text in the standard font STSong-Light, not embedded. */
export function paperOf(i: SimInvoice): Buffer {
  const hex = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex')
  const rows = ['模拟电子发票 样例环境 不能用于报销', `${i.kind === 'red' ? '红字' : ''}电子发票(普通发票)`, `发票号码 ${i.invoice_no}`, `开票日期 ${i.issued_at.slice(0, 10)}`, `销售方 ${i.seller_name}`, `购买方 ${i.title}`, ...i.lines.map((l) => `${l.name} ${l.detail}  金额 ${l.amount}  税率 ${l.tax_rate}  税额 ${l.tax}`), `价税合计 ${i.kind === 'red' ? '-' : ''}${i.amount} 元  其中税额 ${i.tax} 元`, ...(i.red_of_no ? [`红冲原发票 ${i.red_of_no}`] : [])]
  const text = `BT /F1 12 Tf 50 780 Td 22 TL ${rows.map((r) => `<${hex(r)}> Tj T*`).join(' ')} ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>', `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>', '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 7 0 R >>', '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>',
  ]
  let out = '%PDF-1.4\n'
  const at = objects.map((o, n) => {
    const here = out.length
    out += `${n + 1} 0 obj\n${o}\nendobj\n`
    return here
  })
  const xref = out.length
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${at.map((n) => `${String(n).padStart(10, '0')} 00000 n \n`).join('')}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`
  return Buffer.from(out, 'latin1')
}

/** Fen of a yuan text, whole numbers only. */
const fenOf = (text: string): number => Number.parseInt(text.replace('.', ''), 10)

interface Desk {
  now: () => Date
  secret: string
  path: string
  all: Map<string, SimInvoice>
  faults: FaultQueue<Fault>
}
interface Reply {
  status: number
  body: Buffer
}
const mac = (d: Desk, text: Buffer): string => createHmac('sha256', d.secret).update(text).digest('hex')
const refuse = (code: string, message: string, status = 422): Reply => ({ status, body: Buffer.from(JSON.stringify({ code, message })) })
const json = (value: object): Reply => ({ status: 200, body: Buffer.from(JSON.stringify(value)) })
const view = (d: Desk, i: SimInvoice): object => (i.ready_at > d.now().getTime() ? { state: 'issuing' } : { state: 'issued', invoice_no: i.invoice_no, issued_at: i.issued_at, delivered: i.email !== null || i.phone !== null })

type Order = Omit<SimInvoice, 'print' | 'invoice_no' | 'issued_at' | 'ready_at'>
function wrong(d: Desk, order: Order): Reply | null {
  const sum = order.lines.reduce((n, l) => n + fenOf(l.amount), 0)
  const tax = order.lines.reduce((n, l) => n + fenOf(l.tax), 0)
  if (sum !== fenOf(order.amount) || tax !== fenOf(order.tax)) return refuse('AMOUNT_MISMATCH', '明细合计与总额不符')
  if (order.kind !== 'red') return null
  const blue = [...d.all.values()].find((i) => i.invoice_no === order.red_of_no && i.kind === 'blue')
  if (!blue) return refuse('ORIGINAL_NOT_FOUND', '原发票不存在')
  if ([...d.all.values()].some((i) => i.red_of_no === order.red_of_no)) return refuse('ALREADY_RED', '原发票已红冲')
  return fenOf(order.amount) > fenOf(blue.amount) ? refuse('RED_EXCEEDS', '红字金额超过原发票') : null
}
function issue(d: Desk, order: Order, slow: boolean): Reply {
  const print = JSON.stringify(order)
  const known = d.all.get(order.request_no)
  if (known) return known.print === print ? json(view(d, known)) : refuse('DUPLICATE_REQUEST', '请求号已用于另一张发票')
  const fault = wrong(d, order)
  if (fault) return fault
  const at = d.now()
  const i: SimInvoice = { ...order, print, invoice_no: `26${String(randomInt(1e9)).padStart(9, '0')}${String(randomInt(1e9)).padStart(9, '0')}`, issued_at: at.toISOString(), ready_at: slow ? at.getTime() + SLOW_MS : 0 }
  appendFileSync(d.path, `${JSON.stringify(i)}\n`, { mode: 0o600 })
  d.all.set(i.request_no, i)
  return json(view(d, i))
}

function replyTo(d: Desk, route: string, target: string, body: Buffer, kind: Fault['kind'] | undefined): Reply {
  if (route === 'issue') return kind === 'refuse' ? refuse('CREDIT_LIMIT', '可用授信额度不足') : issue(d, JSON.parse(body.toString('utf8')) as Order, kind === 'slow')
  const found = d.all.get(decodeURIComponent(/^\/invoice\/([^/]+)/.exec(target)?.[1] ?? ''))
  if (!found || (route === 'pdf' && (found.ready_at > d.now().getTime() || kind === 'no_pdf'))) return refuse('NOT_FOUND', '没有这张发票', 404)
  return route === 'pdf' ? { status: 200, body: paperOf(found) } : json(view(d, found))
}
async function serve(d: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request, BODY_MAX)
  const target = request.url ?? ''
  const head = (name: string): string => String(request.headers[name] ?? '')
  const [at, nonce] = [head('x-timestamp'), head('x-nonce')]
  const right = Buffer.from(mac(d, Buffer.concat([Buffer.from(`${request.method}\n${target}\n${at}\n${nonce}\n`), body])), 'hex')
  const given = Buffer.from(head('x-sign'), 'hex')
  const known = given.length === right.length && timingSafeEqual(given, right) && Math.abs(d.now().getTime() / 1000 - Number.parseInt(at, 10)) < 300
  const route = target === '/invoice/issue' ? 'issue' : target.endsWith('/pdf') ? 'pdf' : 'query'
  const kind = known ? d.faults.take((f) => !f.route || f.route === route)?.kind : undefined
  if (kind === 'reset') return void response.destroy()
  if (kind === 'hang') return
  if (kind === 'status_500') return void response.writeHead(500).end()
  const a = known ? replyTo(d, route, target, body, kind) : refuse('SIGN_ERROR', '签名错误', 401)
  if (kind === 'answer_lost') return void response.destroy()
  const stamp = String(Math.trunc(d.now().getTime() / 1000))
  const sign = kind === 'bad_signature' ? randomBytes(32).toString('hex') : mac(d, Buffer.concat([Buffer.from(`${a.status}\n${stamp}\n${nonce}\n`), a.body]))
  response.writeHead(a.status, { 'Content-Type': 'application/octet-stream', 'Content-Length': a.body.length, 'X-Timestamp': stamp, 'X-Sign': sign }).end(a.body)
}

function remembered(path: string): Map<string, SimInvoice> {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  // A torn last line is dropped.
  return new Map(lines.filter((l) => l.endsWith('}')).map((l) => JSON.parse(l) as SimInvoice).map((i): [string, SimInvoice] => [i.request_no, i]))
}

export async function startSim(options: SimOptions): Promise<Sim> {
  const secret = secretOf(options.dir)
  const path = join(folder(options.dir), 'invoices.jsonl')
  const d: Desk = { now: options.now ?? (() => new Date()), secret, path, all: remembered(path), faults: new FaultQueue<Fault>() }
  const server = createServer({ requestTimeout: 15_000 }, (request, response) => {
    serve(d, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    config: { base_url: url, app_key: 'heyuan-sample', secret },
    control: { fault: (f) => d.faults.add(f), clear: () => d.faults.clear(), invoices: () => [...d.all.values()] },
    stop: () => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
