// The process's skin: one loopback port for the merchant's interface, the payer's page, bill files and the control.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z, ZodError } from 'zod'
import { Broken, LOOPBACK, readBody } from '../http.ts'
import { FaultQueue } from '../wechat_sim/faults.ts'
import { BILL_FAULTS, makeBillDesk, type BillFault } from './bills.ts'
import { openTrade, payTrade, settleRefund, type Book, type PayOutcome } from './book.ts'
import { API_FAULTS, serveGateway, type ApiFault, type Gateway } from './gateway.ts'
import { appConfig, ensureKeys, type SimAppConfig, type SimKeys } from './keys.ts'
import { Ledger, refundKey, type SimNotice, type SimRefund, type SimTrade } from './ledger.ts'
import { Courier, NOTIFY_FAULTS, type Delivery, type NotifyFault } from './notify.ts'
import { PAGE_HEADERS, payPage, resultPage, safeReturn } from './page.ts'

export interface SimOptions {
  /** HEYUAN_DATA; the gateway keeps to the folder sim_alipay in it. */
  dir: string
  port?: number
  now?: () => Date
  /** Share of the document's waiting times. */
  scale?: number
  notify_timeout_ms?: number
  /** Origin of the payer page where it is not the loopback address. */
  page_url?: string
}
export interface SimControl {
  apiFault(fault: ApiFault): void
  notifyFault(fault: NotifyFault): void
  billFault(fault: BillFault): void
  /** What the next refund does: refused for want of money, or accepted and only later done. */
  refundMood(mood: 'good' | 'fails' | 'later'): void
  clear(): void
  pay(out_trade_no: string, late?: boolean): PayOutcome
  settleRefund(out_trade_no: string, out_request_no: string): boolean
  /** A notice as it would be posted now, for whoever wants to replay it. */
  letter(notify_id: string): string
  release(order?: 'fifo' | 'reverse'): Promise<void>
  settled(): Promise<void>
  shift(ms: number): void
  state(): { trades: SimTrade[]; refunds: SimRefund[]; notices: SimNotice[]; deliveries: Delivery[] }
}
export interface Sim {
  url: string
  config: SimAppConfig
  keys: SimKeys
  control: SimControl
  keys_made: boolean
  stop(): Promise<void>
}
const BODY_MAX = 64 * 1024
const SAYING = { paid: '支付成功', already_paid: '该订单已支付', closed: '订单已关闭', expired: '订单已过期', absent: '订单不存在' }
async function servePayer(g: Gateway, request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
  const { book } = g
  const page = (status: number, html: string): void => void response.writeHead(status, PAGE_HEADERS).end(html)
  const [, place, token = '', act = ''] = /^\/(qr|pay)\/([0-9a-f]+)(?:\/(confirm|cancel))?$/.exec(url.pathname) ?? []
  const trade = book.ledger.byToken.get(token)
  if (!trade) return page(404, resultPage('支付链接无效或已失效', null))
  if (place === 'qr' && request.method === 'GET') {
    const expired = trade.expires_at !== null && Date.parse(trade.expires_at) <= book.now().getTime()
    if (expired || trade.state === 'TRADE_SUCCESS' || trade.state === 'TRADE_CLOSED') return page(200, resultPage(expired ? SAYING.expired : trade.state === 'TRADE_CLOSED' ? SAYING.closed : SAYING.already_paid, null))
    openTrade(book, trade)
    return page(200, payPage(trade))
  }
  if (request.method !== 'POST' || act === '') throw new Broken(405)
  const back = safeReturn(trade.return_url)
  const outcome = act === 'confirm' ? payTrade(book, trade) : null
  if (back && (outcome === null || outcome === 'paid' || outcome === 'already_paid')) return void response.writeHead(303, { ...PAGE_HEADERS, Location: back }).end()
  page(200, resultPage(outcome ? SAYING[outcome] : '已取消支付', back))
}

const times = z.int().min(1).max(10_000).optional()
const shapes = {
  api_fault: z.object({ kind: z.enum(API_FAULTS), times, method: z.string().max(64).optional() }),
  notify_fault: z.object({ kind: z.enum(NOTIFY_FAULTS), times, ms: z.int().min(0).max(3_600_000).optional(), copies: z.int().min(1).max(200).optional() }),
  bill_fault: z.object({ kind: z.enum(BILL_FAULTS) }),
  mood: z.object({ mood: z.enum(['good', 'fails', 'later']) }),
  pay: z.object({ out_trade_no: z.string().max(64), late: z.boolean().optional() }),
  refund: z.object({ out_trade_no: z.string().max(64), out_request_no: z.string().max(64) }),
  release: z.object({ order: z.enum(['fifo', 'reverse']).optional() }),
  shift: z.object({ ms: z.int().min(-400 * 86_400_000).max(400 * 86_400_000) }),
}
/** zod writes "absent" as undefined; our types keep the two apart. */
const compact = (value: object): never => Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never
async function controlCall(c: SimControl, path: string, body: unknown): Promise<object> {
  switch (path) {
    case '/__sim/api_fault':
      c.apiFault(compact(shapes.api_fault.parse(body)))
      return {}
    case '/__sim/notify_fault':
      c.notifyFault(compact(shapes.notify_fault.parse(body)))
      return {}
    case '/__sim/bill_fault':
      c.billFault(shapes.bill_fault.parse(body).kind)
      return {}
    case '/__sim/mood':
      c.refundMood(shapes.mood.parse(body).mood)
      return {}
    case '/__sim/clear':
      c.clear()
      return {}
    case '/__sim/shift':
      c.shift(shapes.shift.parse(body).ms)
      return {}
    case '/__sim/settled':
      await c.settled()
      return {}
    case '/__sim/release':
      await c.release(shapes.release.parse(body).order)
      return {}
    case '/__sim/pay': {
      const w = shapes.pay.parse(body)
      return { outcome: c.pay(w.out_trade_no, w.late) }
    }
    case '/__sim/refund': {
      const w = shapes.refund.parse(body)
      return { changed: c.settleRefund(w.out_trade_no, w.out_request_no) }
    }
    default:
      throw new Broken(404)
  }
}
async function serveControl(c: SimControl, request: IncomingMessage, path: string, response: ServerResponse): Promise<void> {
  const json = (status: number, value: object): void => void response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(value))
  if (request.method === 'GET' && path === '/__sim/state') return json(200, c.state())
  // A page on the web cannot send this type to us without asking first, and we never say yes.
  if (request.method !== 'POST' || request.headers['content-type'] !== 'application/json') throw new Broken(415)
  try {
    json(200, await controlCall(c, path, JSON.parse((await readBody(request, BODY_MAX)).toString('utf8') || '{}')))
  } catch (error) {
    if (error instanceof ZodError || error instanceof SyntaxError) return json(400, { error: error.message })
    throw error
  }
}

async function serve(g: Gateway, control: SimControl, hosts: ReadonlySet<string>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const host = URL.canParse(`http://${request.headers.host}`) ? new URL(`http://${request.headers.host}`).hostname : ''
  const url = new URL(request.url ?? '', 'http://sim')
  const payer = /^\/(qr|pay)\//.test(url.pathname) || (url.pathname === '/gateway.do' && request.method === 'GET')
  // A foreign name pointing at this machine (DNS rebinding) is not us.
  if (!LOOPBACK.has(host) && !(payer && hosts.has(host))) throw new Broken(421)
  if (/^\/(qr|pay)\//.test(url.pathname)) return servePayer(g, request, url, response)
  if (url.pathname.startsWith('/__sim/')) return serveControl(control, request, url.pathname, response)
  if (url.pathname === '/downloadBillFile.resource') {
    const file = g.bills.files.get(url.searchParams.get('token') ?? '')
    if (!file || file.until < g.book.now().getTime()) throw new Broken(404)
    return void response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': file.body.length }).end(file.body)
  }
  if (url.pathname !== '/gateway.do') throw new Broken(404)
  const body = request.method === 'POST' ? (await readBody(request, BODY_MAX)).toString('utf8') : ''
  // Parameters may come in the address and in the body; in the body they win.
  serveGateway(g, Object.fromEntries([...url.searchParams, ...new URLSearchParams(body)]), response)
}

export async function startSim(options: SimOptions): Promise<Sim> {
  const real = options.now ?? (() => new Date())
  let shift_ms = 0
  const now = () => new Date(real().getTime() + shift_ms)
  const { keys, made } = ensureKeys(options.dir, now())
  const book: Book = { ledger: new Ledger(options.dir), keys, now, page_url: '', api_url: '', scale: options.scale ?? 0.01, refund_mood: 'good', notify: (...n) => courier.add(...n) }
  const courier = new Courier(book, options.notify_timeout_ms ?? 5000)
  const g: Gateway = { book, bills: makeBillDesk(), faults: new FaultQueue() }
  const control: SimControl = {
    apiFault: (f) => g.faults.add(f),
    notifyFault: (f) => courier.faults.add(f),
    billFault: (f) => void g.bills.faults.push(f),
    refundMood: (mood) => void (book.refund_mood = mood),
    clear() {
      g.faults.clear()
      courier.faults.clear()
      g.bills.faults = []
      book.refund_mood = 'good'
    },
    pay: (no, late = false) => payTrade(book, book.ledger.trades.get(no), late),
    settleRefund: (out_trade_no, out_request_no) => settleRefund(book, book.ledger.refunds.get(refundKey({ out_trade_no, out_request_no }))),
    letter: (id) => courier.letter(book.ledger.notices.get(id)!, null),
    release: (order = 'fifo') => courier.release(order),
    settled: () => courier.settled(),
    shift: (ms) => void (shift_ms = ms),
    state: () => ({ trades: [...book.ledger.trades.values()], refunds: [...book.ledger.refunds.values()], notices: [...book.ledger.notices.values()], deliveries: [...courier.log] }),
  }
  const hosts = new Set(options.page_url ? [new URL(options.page_url).hostname] : [])
  const server = createServer({ maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 15_000 }, (request, response) => {
    serve(g, control, hosts, request, response).catch((error: unknown) => {
      const status = error instanceof Broken ? error.status : 500
      if (status === 500) console.error('sim_alipay:', error)
      if (response.headersSent || response.destroyed) return void response.destroy()
      response.writeHead(status, { Connection: 'close' }).end()
    })
  })
  server.maxConnections = 512
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  book.page_url = options.page_url ?? url
  book.api_url = url
  courier.resume()
  const stop = () => {
    courier.stop()
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { url, config: appConfig(keys, url), keys, control, keys_made: made, stop }
}
