// The desk scans the payer's code (付款码支付) and takes it back (撤销). Written from the merchant documents 4015422523 and 4015422607.
import { findOrder, inner, only, payOrder, readOrder, Refusal, text, transactionView, type Book } from './book.ts'

type Json = Record<string, unknown>

/**
 * The last digit of the code says what the payer does: 1 has to type a password first, 2 shows an old code, 3 has no money,
 * anything else pays at once.
 */
export function payByCode(book: Book, json: Json): Json {
  const order = readOrder(book, 'codepay', json)
  const code = text(inner(json, 'payer'), 'auth_code', 32)
  const scene = inner(json, 'scene_info')
  text(scene, 'device_ip', 45)
  text(inner(scene, 'store_info'), 'out_id', 32)
  if (!/^1[0-5]\d{16}$/.test(code)) throw new Refusal(400, 'AUTH_CODE_INVALID', '付款码无效，请重新扫码')
  const known = book.ledger.orders.get(order.out_trade_no)
  if (known) {
    if (known.state === 'SUCCESS' || known.state === 'REFUND') throw new Refusal(400, 'ORDERPAID', '该订单已支付')
    if (known.state !== 'USERPAYING') throw new Refusal(400, 'ORDER_CLOSED', '该订单已关闭')
    throw new Refusal(400, 'USERPAYING', '用户支付中，需要输入密码')
  }
  if (code.endsWith('2')) throw new Refusal(400, 'AUTHCODEEXPIRE', '二维码已过期，请刷新再试')
  if (code.endsWith('3')) throw new Refusal(400, 'NOTENOUGH', '用户账户余额不足')
  const waits = code.endsWith('1')
  book.ledger.write({ t: 'order', order: { ...order, state: waits ? 'USERPAYING' : 'NOTPAY' } })
  if (waits) throw new Refusal(400, 'USERPAYING', '用户支付中，需要输入密码')
  payOrder(book, book.ledger.orders.get(order.out_trade_no))
  return transactionView(book, findOrder(book, order.out_trade_no, book.keys.mch_id))
}

export function reverse(book: Book, outTradeNo: string, json: Json): null {
  only(json, ['appid', 'mchid'])
  const order = findOrder(book, outTradeNo, json.mchid)
  if (order.trade_type !== 'MICROPAY') throw new Refusal(400, 'INVALID_REQUEST', '只有付款码支付的订单可以撤销')
  if (order.state !== 'REVOKED') book.ledger.write({ t: 'reversed', out_trade_no: outTradeNo })
  return null
}
