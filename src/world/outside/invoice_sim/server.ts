// The simulated issuer of electronic invoices, written from the protocol of src/modules/payment/server/outside/README.md: one loopback port, HMAC on
// every request and answer, its truth in one folder, a PDF as the paper. It can be told to misbehave.
import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { dayOf } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
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

/** The paper: plainly a simulation, with the letters in it, so that it can be read wherever it is opened. */
const paperOf = (i: SimInvoice): Promise<Buffer> =>
  renderPdf('letter_a4', {
    company_name: i.seller_name, title: `${i.kind === 'red' ? '红字' : ''}电子发票(普通发票)`, no: i.invoice_no, dated_on: dayOf(i.issued_at),
    paragraphs: ['模拟电子发票,样例环境,不能用于报销。', `购买方:${i.title}`, `销售方:${i.seller_name}`, ...(i.red_of_no ? [`原发票号码:${i.red_of_no}`] : [])],
    columns: [{ title: '项目名称', kind: 'text' }, { title: '说明', kind: 'text' }, { title: '金额', kind: 'decimal' }, { title: '税率', kind: 'decimal' }, { title: '税额', kind: 'decimal' }],
    rows: i.lines.map((l) => [l.name, l.detail, l.amount, l.tax_rate, l.tax]),
    closing: [`开票日期:${dayOf(i.issued_at)}。价税合计 ${i.amount} 元,其中税额 ${i.tax} 元。`],
    signs: [{ who: '开票通道:模拟', fields: [] }],
  })

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

async function replyTo(d: Desk, route: string, target: string, body: Buffer, kind: Fault['kind'] | undefined): Promise<Reply> {
  if (route === 'issue') return kind === 'refuse' ? refuse('CREDIT_LIMIT', '可用授信额度不足') : issue(d, JSON.parse(body.toString('utf8')) as Order, kind === 'slow')
  const found = d.all.get(decodeURIComponent(/^\/invoice\/([^/]+)/.exec(target)?.[1] ?? ''))
  if (!found || (route === 'pdf' && (found.ready_at > d.now().getTime() || kind === 'no_pdf'))) return refuse('NOT_FOUND', '没有这张发票', 404)
  return route === 'pdf' ? { status: 200, body: await paperOf(found) } : json(view(d, found))
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
  const a = known ? await replyTo(d, route, target, body, kind) : refuse('SIGN_ERROR', '签名错误', 401)
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
