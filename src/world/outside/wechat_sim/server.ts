// The process's skin: one loopback port for the merchant's interface, the payer's page and the control.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ZodError } from 'zod'
import { Broken, LOOPBACK, readBody } from '../http.ts'
import { refundSoon, serveApi, type Api } from './api.ts'
import { makeBillDesk } from './bills.ts'
import { payOrder, type Book } from './book.ts'
import { controlCall, makeControl, type SimControl } from './control.ts'
import { FaultQueue } from './faults.ts'
import { ensureKeys, merchantConfig, type SimMerchantConfig } from './keys.ts'
import { Ledger } from './ledger.ts'
import { Courier } from './notify.ts'
import { PAGE_FAULTS, PAGE_HEADERS, payPage, resultPage, safeRedirect, type PageFault } from './page.ts'
import { openVault } from './seal.ts'

export interface SimOptions {
  /** HEYUAN_DATA; the gateway keeps to the folder sim_wechat in it. */
  dir: string
  /** 0, the default, takes a free port. */
  port?: number
  now?: () => Date
  /** Share of the document's waiting times; 0.001 makes 15 s into 15 ms. */
  scale?: number
  /** An accepted refund succeeds after this; null waits for control.settleRefund. */
  refund_ms?: number | null
  notify_timeout_ms?: number
  /** Shown to the payer as 收款商户. */
  merchant_name?: string
  /** Origin of the payer page where it is not the loopback address, as behind a forwarded port. */
  page_url?: string
  /** Another service of WeChat at the same address: the official account. true: it has answered. */
  beside?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
}

export interface Sim {
  url: string
  config: SimMerchantConfig
  control: SimControl
  /** True when this start made the keys. */
  keys_made: boolean
  stop(): Promise<void>
}

const MAX_BODY = 64 * 1024
function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(value))
}

interface Desk {
  api: Api
  control: SimControl
  merchant_name: string
  /** Host names the payer page may be asked under. */
  hosts: ReadonlySet<string>
  beside: SimOptions['beside']
}

async function serveControl(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? ''
  if (request.method === 'GET' && path === '/__sim/state') return json(response, 200, desk.control.state())
  // A page on the web cannot send this type to us without asking first, and we never say yes.
  if (request.method !== 'POST' || request.headers['content-type'] !== 'application/json') throw new Broken(415)
  const body = await readBody(request, MAX_BODY)
  try {
    const answer = await controlCall(desk.control, path, body.length === 0 ? {} : JSON.parse(body.toString('utf8')))
    if (!answer) throw new Broken(404)
    json(response, 200, answer)
  } catch (error) {
    if (error instanceof ZodError || error instanceof SyntaxError) return json(response, 400, { error: error.message })
    throw error
  }
}

/** Real milliseconds: time enough to go back and give the order up. */
const LATE_MS = 30_000
const SAYING = { paid: '支付成功', already_paid: '该订单已支付', closed: '订单已关闭', expired: '订单已过期', absent: '订单不存在' }

async function servePay(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { book } = desk.api
  const url = new URL(request.url ?? '', 'http://sim')
  const [, prepay = '', act = ''] = /^\/pay\/([0-9a-z]+)(?:\/(confirm|cancel))?$/.exec(url.pathname) ?? []
  const order = book.ledger.byPrepay.get(prepay)
  const page = (status: number, html: string) => response.writeHead(status, PAGE_HEADERS).end(html)
  const back = (target: string) => response.writeHead(303, { ...PAGE_HEADERS, Location: target }).end()
  if (!order) return void page(404, resultPage('支付链接无效或已失效', null))
  if (request.method === 'GET' && act === '') {
    const redirect = safeRedirect(url.searchParams.get('redirect_url'))
    const expired = order.expires_at !== undefined && Date.parse(order.expires_at) <= book.now().getTime()
    if (order.state === 'NOTPAY' && !expired) return void page(200, payPage(order, desk.merchant_name, redirect))
    const outcome = order.state === 'CLOSED' ? 'closed' : order.state === 'NOTPAY' ? 'expired' : 'already_paid'
    return void page(200, resultPage(SAYING[outcome], redirect))
  }
  if (request.method !== 'POST' || act === '') throw new Broken(405)
  const form = new URLSearchParams((await readBody(request, MAX_BODY)).toString('utf8'))
  const redirect = safeRedirect(form.get('redirect_url'))
  if (act === 'cancel') return void (redirect ? back(redirect) : page(200, resultPage('已取消支付', null)))
  const fault = form.get('fault')
  if (fault === 'late') {
    desk.api.later(LATE_MS, () => void payOrder(book, order, true))
    return void (redirect ? back(redirect) : page(200, resultPage('30 秒后扣款', null)))
  }
  if (fault && fault in PAGE_FAULTS) desk.control.notifyFault({ kind: fault as Exclude<PageFault, 'late'>, of: 'transaction', copies: 5, ms: 20_000, amount_fen: order.total + 1 })
  const outcome = payOrder(book, order)
  if (redirect && (outcome === 'paid' || outcome === 'already_paid')) return void back(redirect)
  page(200, resultPage(SAYING[outcome], redirect))
}

async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const host = URL.canParse(`http://${request.headers.host}`) ? new URL(`http://${request.headers.host}`).hostname : ''
  const path = request.url ?? ''
  const payer = path.startsWith('/pay/') || path.startsWith('/connect/')
  // A foreign name pointing at this machine (DNS rebinding) is not us.
  if (!LOOPBACK.has(host) && !(payer && desk.hosts.has(host))) throw new Broken(421)
  if (/^\/(connect|cgi-bin|sns)\//.test(path) && (await desk.beside?.(request, response))) return
  if (path.startsWith('/pay/')) return servePay(desk, request, response)
  if (path.startsWith('/__sim/')) return serveControl(desk, request, response)
  const body = await readBody(request, MAX_BODY)
  return serveApi(desk.api, { method: request.method ?? '', target: path, headers: request.headers, body }, response)
}

function answerError(response: ServerResponse, error: unknown): void {
  const status = error instanceof Broken ? error.status : 500
  if (status === 500) console.error('sim_wechat:', error)
  if (response.headersSent || response.destroyed) return void response.destroy()
  response.writeHead(status, { Connection: 'close' }).end()
}

export async function startSim(options: SimOptions): Promise<Sim> {
  const real = options.now ?? (() => new Date())
  let shift_ms = 0
  const now = () => new Date(real().getTime() + shift_ms)
  const { keys, made } = ensureKeys(options.dir, now())
  const vault = openVault(keys)
  const timers = new Set<NodeJS.Timeout>()
  const book: Book = {
    ledger: new Ledger(options.dir),
    keys,
    now,
    page_url: '',
    api_url: '',
    scale: options.scale ?? 0.01,
    notify: (...notice) => courier.add(...notice),
  }
  const courier = new Courier(book, vault, options.notify_timeout_ms ?? 5000)
  const faults: Api['faults'] = new FaultQueue()
  const later = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, ms)
    timers.add(timer)
  }
  const bills = makeBillDesk()
  const api: Api = { book, vault, courier, faults, bills, refund_ms: options.refund_ms === undefined ? 300 : options.refund_ms, later }
  const control = makeControl(book, courier, faults, bills, (ms) => void (shift_ms = ms))
  const hosts = new Set(options.page_url ? [new URL(options.page_url).hostname] : [])
  const desk: Desk = { api, control, merchant_name: options.merchant_name ?? '和院物业（样例）', hosts, beside: options.beside }
  const server = createServer({ maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 15_000 }, (request, response) => {
    serve(desk, request, response).catch((error: unknown) => answerError(response, error))
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
  for (const refund of book.ledger.refunds.values()) if (refund.status === 'PROCESSING') refundSoon(api, refund.out_refund_no)
  const stop = () => {
    courier.stop()
    for (const timer of timers) clearTimeout(timer)
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { url, config: merchantConfig(keys, url), control, keys_made: made, stop }
}
