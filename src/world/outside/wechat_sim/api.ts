// The merchant's interface /v3/…: who asks is checked first, then the request has its effect, then the answer is signed;
// an ordered fault strikes before the effect or after it.
import type { ServerResponse } from 'node:http'
import { randomBytes } from 'node:crypto'
import { askBill, type BillDesk } from './bills.ts'
import * as rules from './book.ts'
import { payByCode, reverse } from './desk.ts'
import type { ApiFault, ApiFaultKind, FaultQueue, Route } from './faults.ts'
import type { Courier } from './notify.ts'
import { merchantFault, seal, signedHeaders, type PlatformSigner, type Vault } from './seal.ts'

export interface Api {
  book: rules.Book
  vault: Vault
  courier: Courier
  faults: FaultQueue<ApiFault>
  bills: BillDesk
  /** Milliseconds after which an accepted refund succeeds; null leaves it to the control. */
  refund_ms: number | null
  later(ms: number, act: () => void): void
}

export interface Asked {
  method: string
  target: string
  headers: NodeJS.Dict<string | string[]>
  body: Buffer
}

type Json = Record<string, unknown>
interface Answer {
  status: number
  json: Json | null
}
interface Match {
  route: Route
  run: (json: Json) => Json | null
}

const PATHS: [string, RegExp, Route][] = [
  ['POST', /^\/v3\/pay\/transactions\/(jsapi|native|h5)$/, 'create'],
  ['GET', /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)$/, 'query'],
  ['POST', /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)\/close$/, 'close'],
  ['POST', /^\/v3\/refund\/domestic\/refunds()$/, 'refund'],
  ['GET', /^\/v3\/refund\/domestic\/refunds\/([^/]+)$/, 'query_refund'],
  ['GET', /^\/v3\/certificates()$/, 'certificates'],
  ['POST', /^\/v3\/pay\/transactions\/codepay()$/, 'codepay'],
  ['POST', /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)\/reverse$/, 'reverse'],
  ['GET', /^\/v3\/bill\/(tradebill|fundflowbill)$/, 'bill'],
  ['GET', /^\/v3\/billdownload\/file()$/, 'download'],
]

function match(api: Api, asked: Asked): Match | null {
  const url = new URL(asked.target, 'http://sim')
  for (const [method, pattern, route] of PATHS) {
    const found = method === asked.method ? pattern.exec(url.pathname) : null
    if (!found) continue
    const part = decodeURIComponent(found[1] ?? '')
    return { route, run: (json) => effect(api, route, part, url.searchParams, json) }
  }
  return null
}

function effect(api: Api, route: Route, part: string, query: URLSearchParams, json: Json): Json | null {
  const { book } = api
  switch (route) {
    case 'create':
      return rules.createOrder(book, part, json)
    case 'query':
      return rules.queryOrder(book, part, query.get('mchid'))
    case 'codepay':
      return payByCode(book, json)
    case 'reverse':
      return reverse(book, part, json)
    case 'bill':
      return askBill(book, api.bills, part === 'tradebill' ? 'trade' : 'fund', query)
    case 'download':
      return { token: query.get('token') }
    case 'close':
      return rules.closeOrder(book, part, json)
    case 'query_refund':
      return rules.queryRefund(book, part)
    case 'refund': {
      const view = rules.createRefund(book, json)
      refundSoon(api, String(view.out_refund_no))
      return view
    }
    case 'certificates': {
      const { serial, effective_at, expires_at, certificate_pem } = api.vault.keys.certificate
      const encrypt_certificate = seal(api.vault.keys.api_v3_key, 'certificate', certificate_pem)
      const effective_time = rules.beijing(new Date(effective_at))
      const expire_time = rules.beijing(new Date(expires_at))
      return { data: [{ serial_no: serial, effective_time, expire_time, encrypt_certificate }] }
    }
  }
}

export function refundSoon(api: Api, outRefundNo: string): void {
  if (api.refund_ms !== null) api.later(api.refund_ms, () => rules.settleRefund(api.book, outRefundNo, 'SUCCESS'))
}

function perform(found: Match, body: Buffer): Answer {
  try {
    let json: unknown = {}
    if (body.length > 0) {
      try {
        json = JSON.parse(body.toString('utf8'))
      } catch {
        throw new rules.Refusal(400, 'PARAM_ERROR', '请求体不是合法的 JSON')
      }
    }
    if (typeof json !== 'object' || json === null) throw new rules.Refusal(400, 'PARAM_ERROR', '请求体须为对象')
    const view = found.run(json as Json)
    return { status: view === null ? 204 : 200, json: view }
  } catch (error) {
    if (error instanceof rules.Refusal) return refusal(error.status, error.code, error.message)
    throw error
  }
}

const refusal = (status: number, code: string, message: string): Answer => ({ status, json: { code, message } })

function signer(api: Api, asked: Asked): PlatformSigner {
  const { by_public_key, by_certificate } = api.vault
  return asked.headers['wechatpay-serial'] === by_public_key.serial ? by_public_key : by_certificate
}

function one(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : ''
}

export async function serveApi(api: Api, asked: Asked, response: ServerResponse): Promise<void> {
  const unsigned = (answer: Answer) => put(response, answer.status, {}, Buffer.from(JSON.stringify(answer.json)))
  if (!/application\/json|\*\/\*/.test(one(asked.headers.accept))) {
    return unsigned(refusal(406, 'INVALID_REQUEST', 'Http头缺少Accept或不支持'))
  }
  const authorization = one(asked.headers.authorization)
  const why = merchantFault(api.vault, { ...asked, authorization }, api.book.now())
  if (why) return unsigned(refusal(401, 'SIGN_ERROR', why))
  const found = match(api, asked)
  const fault = found ? api.faults.take((item) => !item.route || item.route === found.route) : null
  const kind = fault?.kind
  if (kind === 'reset') return void response.destroy()
  if (kind === 'hang') return
  let answer: Answer
  if (kind === 'status_500') answer = refusal(500, 'SYSTEM_ERROR', '系统异常，请稍后重试')
  else if (kind === 'rate_limit') answer = refusal(429, 'FREQUENCY_LIMITED', '频率超限')
  else answer = found ? perform(found, asked.body) : refusal(404, 'RESOURCE_NOT_EXISTS', '接口不存在')
  if (kind === 'notify_first' && found?.route === 'create' && answer.status === 200) await payFirst(api, asked.body)
  if (found?.route === 'download' && answer.status === 200) return sendFile(api, response, String(answer.json?.['token']), kind)
  if (kind === 'status_500_after') answer = refusal(500, 'SYSTEM_ERROR', '系统异常，请稍后重试')
  return finish(api, asked, response, answer, kind)
}

/** Bill files come without a signature (document 4012791873). */
function sendFile(api: Api, response: ServerResponse, token: string, kind: ApiFaultKind | undefined): void {
  const known = api.bills.files.get(token)
  if (!known) return put(response, 404, {}, Buffer.from(JSON.stringify({ code: 'RESOURCE_NOT_EXISTS', message: '文件不存在或链接已过期' })))
  const body = Buffer.from(known)
  if (kind === 'altered_file') body[body.length - 9] = (body[body.length - 9] ?? 0) ^ 1
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length }).end(body)
}

/** The payer pays; resolves when the first delivery has come back, whatever it brought. */
function payFirst(api: Api, body: Buffer): Promise<void> {
  const json = JSON.parse(body.toString('utf8')) as { out_trade_no: string }
  rules.payOrder(api.book, api.book.ledger.orders.get(json.out_trade_no))
  return api.courier.latest
}

function alter(json: Json | null, kind: ApiFaultKind | undefined): Json | null {
  if (kind === 'other_merchant') return { ...json, mchid: '1999000002' }
  if (kind !== 'wrong_amount' || typeof json?.amount !== 'object') return json
  const amount = json.amount as { total: number }
  return { ...json, amount: { ...amount, total: amount.total + 1 } }
}

function finish(api: Api, asked: Asked, response: ServerResponse, answer: Answer, kind?: ApiFaultKind): void {
  if (kind === 'answer_lost') return void response.destroy()
  if (kind === 'hang_after') return
  const json = alter(answer.json, kind)
  let body = Buffer.from(json === null ? '' : JSON.stringify(json))
  if (kind === 'not_json') body = Buffer.from('<html>502</html>')
  if (kind === 'oversize') body = Buffer.from(JSON.stringify({ ...json, padding: 'x'.repeat(80_000) }))
  const at = new Date(api.book.now().getTime() - (kind === 'stale_answer' ? 301_000 : 0))
  const headers = kind === 'unsigned' ? {} : signedHeaders(signer(api, asked), body, at)
  if (kind === 'bad_signature') headers['Wechatpay-Signature'] = randomBytes(256).toString('base64')
  if (kind === 'unknown_serial') headers['Wechatpay-Serial'] = 'PUB_KEY_ID_0000000000000000'
  if (kind === 'slow_body') return drip(api, response, answer.status, headers, body)
  if (kind === 'half_body') {
    response.writeHead(answer.status, { ...headers, 'Content-Length': body.length + 1000 })
    response.write(body)
    return api.later(20, () => response.destroy())
  }
  put(response, answer.status, headers, body)
}

function put(response: ServerResponse, status: number, headers: Record<string, string>, body: Buffer): void {
  const common = { 'Request-ID': randomBytes(16).toString('hex').toUpperCase(), ...headers }
  if (status === 204) response.writeHead(204, common).end()
  else response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length, ...common }).end(body)
}

/** One byte every 100 ms: each byte in time, the whole never. */
function drip(api: Api, response: ServerResponse, status: number, headers: Record<string, string>, body: Buffer): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length, ...headers })
  let at = 0
  const next = () => {
    if (response.destroyed) return
    if (at >= body.length) return void response.end()
    response.write(body.subarray(at, at + 1))
    at += 1
    api.later(100, next)
  }
  next()
}
