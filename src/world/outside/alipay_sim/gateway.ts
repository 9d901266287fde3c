// /gateway.do: who asks is checked first, then the request has its effect, then the answer is signed over its exact text. An ordered fault
// strikes before the effect or after it.
import type { ServerResponse } from 'node:http'
import { createHash, createPublicKey, randomBytes, sign, verify, X509Certificate } from 'node:crypto'
import type { FaultQueue } from '../wechat_sim/faults.ts'
import { billUrl, type BillDesk } from './bills.ts'
import * as rules from './book.ts'
import { payPage, PAGE_HEADERS, resultPage } from './page.ts'

export const API_FAULTS = ['status_500', 'reset', 'hang', 'answer_lost', 'hang_after', 'unsigned', 'bad_signature', 'altered', 'not_json', 'wrong_amount', 'system_error'] as const
export interface ApiFault {
  kind: (typeof API_FAULTS)[number]
  times?: number
  /** 'alipay.trade.query' …; any when absent. */
  method?: string
}
export interface Gateway {
  book: rules.Book
  bills: BillDesk
  faults: FaultQueue<ApiFault>
}
type Params = Record<string, string>

/** Sorted, joined, unencoded; empty values and the sign itself left out (自行实现签名). */
const content = (p: Params): string =>
  Object.entries(p)
    .filter(([k, v]) => k !== 'sign' && v !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${k}=${v}`)
    .join('&')

function strange(g: Gateway, p: Params): rules.Refusal | null {
  const { keys, now } = g.book
  if (p['app_id'] !== keys.app_id) return new rules.Refusal('isv.invalid-app-id', '无效的AppID参数', '40002')
  if (p['app_cert_sn'] && (p['app_cert_sn'] !== certificateNumber(keys.app_cert_pem) || p['alipay_root_cert_sn'] !== certificateNumber(keys.alipay_root_cert_pem))) return new rules.Refusal('isv.app-cert-sn-invalid', '应用公钥证书序列号不正确', '40002')
  if (p['sign_type'] !== 'RSA2') return new rules.Refusal('isv.invalid-signature-type', '无效的签名类型', '40002')
  if (!p['sign']) return new rules.Refusal('isv.missing-signature', '缺少签名参数', '40001')
  const good = verify('RSA-SHA256', Buffer.from(content(p)), createPublicKey(keys.app_public_key_pem), Buffer.from(p['sign'], 'base64'))
  if (!good) return new rules.Refusal('isv.invalid-signature', '无效签名', '40002')
  const at = Date.parse(`${(p['timestamp'] ?? '').replace(' ', 'T')}+08:00`)
  // The document asks for the merchant's clock within ten minutes.
  if (!(Math.abs(now().getTime() - at) < 600_000)) return new rules.Refusal('isv.invalid-timestamp', '非法的时间戳参数', '40002')
  return null
}

function effect(g: Gateway, method: string, biz: rules.Json, p: Params): { code: string; view: rules.Json } {
  const { book } = g
  const ok = (view: rules.Json) => ({ code: '10000', view })
  switch (method) {
    case 'alipay.trade.precreate': {
      const trade = rules.prepare(book, 'QR_CODE_OFFLINE', biz, p)
      return ok({ out_trade_no: trade.out_trade_no, qr_code: `${book.page_url}/qr/${trade.token}` })
    }
    case 'alipay.trade.pay':
      return rules.payByCode(book, biz, p)
    case 'alipay.trade.query':
      return ok(rules.queryView(rules.find(book, biz)))
    case 'alipay.trade.close':
      return ok(rules.closeTrade(book, biz))
    case 'alipay.trade.cancel':
      return ok(rules.cancelTrade(book, biz))
    case 'alipay.trade.refund':
      return ok(rules.refundTrade(book, biz))
    case 'alipay.trade.fastpay.refund.query':
      return ok(rules.queryRefund(book, biz))
    case 'alipay.data.dataservice.bill.downloadurl.query':
      return ok(billUrl(book, g.bills, biz))
    default:
      throw new rules.Refusal('isv.invalid-method', '不存在的方法名', '40004')
  }
}

function perform(g: Gateway, p: Params): rules.Json {
  try {
    const wrong = strange(g, p)
    if (wrong) throw wrong
    const biz = JSON.parse(p['biz_content'] ?? '{}') as rules.Json
    const { code, view } = effect(g, p['method'] ?? '', biz, p)
    return { code, msg: code === '10000' ? 'Success' : 'order success pay inprocess', ...view }
  } catch (error) {
    if (error instanceof SyntaxError) return { code: '40002', msg: 'Invalid Arguments', sub_code: 'isv.invalid-biz-content', sub_msg: 'biz_content 不是合法的 JSON' }
    if (error instanceof rules.Refusal) return { code: error.code, msg: 'Business Failed', sub_code: error.sub_code, sub_msg: error.message }
    throw error
  }
}

export function serveGateway(g: Gateway, p: Params, response: ServerResponse): void {
  const method = p['method'] ?? ''
  if (method === 'alipay.trade.page.pay' || method === 'alipay.trade.wap.pay') return openPage(g, method, p, response)
  const fault = g.faults.take((f) => !f.method || f.method === method)
  const kind = fault?.kind
  if (kind === 'reset') return void response.destroy()
  if (kind === 'hang') return
  if (kind === 'status_500') return void response.writeHead(500).end()
  const view = kind === 'system_error' ? { code: '20000', msg: 'Service Currently Unavailable', sub_code: 'isp.unknow-error', sub_msg: '系统繁忙' } : perform(g, p)
  if (kind === 'answer_lost') return void response.destroy()
  if (kind === 'hang_after') return
  if (kind === 'wrong_amount' && typeof view['total_amount'] === 'string') view['total_amount'] = '0.01'
  put(g, p, view, kind, response)
}

/** md5 of issuer and decimal serial; our certificates have an issuer of one part. */
function certificateNumber(pem: string): string {
  const { issuer, serialNumber } = new X509Certificate(pem)
  return createHash('md5').update(issuer + BigInt(`0x${serialNumber}`).toString()).digest('hex')
}

function put(g: Gateway, p: Params, view: rules.Json, kind: ApiFault['kind'] | undefined, response: ServerResponse): void {
  const { keys } = g.book
  const node = JSON.stringify(view)
  // Who is not known to the gateway gets its refusal unsigned.
  const unsigned = kind === 'unsigned' || ['isv.invalid-app-id', 'isv.invalid-signature', 'isv.missing-signature'].includes(String(view['sub_code']))
  const signature = kind === 'bad_signature' ? randomBytes(256).toString('base64') : sign('RSA-SHA256', Buffer.from(node), keys.alipay_private_key_pem).toString('base64')
  const sent = kind === 'altered' ? node.replace(/"msg":"S/, '"msg":"s') : node
  const number = p['app_cert_sn'] ? `"alipay_cert_sn":"${certificateNumber(keys.alipay_cert_pem)}",` : ''
  let body = `{"${(p['method'] ?? '').replaceAll('.', '_')}_response":${sent}${unsigned ? '' : `,${number}"sign":${JSON.stringify(signature)}`}}`
  if (kind === 'not_json') body = '<html>502</html>'
  const bytes = Buffer.from(body)
  response.writeHead(200, { 'Content-Type': 'text/html;charset=utf-8', 'Content-Length': bytes.length }).end(bytes)
}

/** The payer's browser comes with the signed address; opening it makes the trade. */
function openPage(g: Gateway, method: string, p: Params, response: ServerResponse): void {
  const { book } = g
  const page = (status: number, html: string): void => void response.writeHead(status, PAGE_HEADERS).end(html)
  try {
    const wrong = strange(g, p)
    if (wrong) throw wrong
    const trade = rules.prepare(book, method === 'alipay.trade.page.pay' ? 'FAST_INSTANT_TRADE_PAY' : 'QUICK_WAP_WAY', JSON.parse(p['biz_content'] ?? '{}') as rules.Json, p)
    rules.openTrade(book, trade)
    page(200, payPage(trade))
  } catch (error) {
    if (!(error instanceof rules.Refusal) && !(error instanceof SyntaxError)) throw error
    const trade = book.ledger.trades.get(String((JSON.parse(p['biz_content'] || '{}') as rules.Json)['out_trade_no']))
    page(error instanceof rules.Refusal && error.sub_code.startsWith('ACQ.TRADE_HAS') ? 200 : 400, resultPage(error.message, trade?.return_url ?? null))
  }
}
