// Posts notices (通知) to the merchant until they are acknowledged with 200 or 204, on the document's ladder. One notice
// keeps its id through every repetition; timestamp, nonce and signature are new each time.
import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { beijing, refundView, transactionView, type Book } from './book.ts'
import { Rounds } from '../courier.ts'
import type { NotifyFault, NotifyFaultKind } from './faults.ts'
import type { SimNotice } from './ledger.ts'
import { randomText, seal, signedHeaders, type Sealed, type Vault } from './seal.ts'

/** Seconds between attempts: 15 15 30, 3 10 20 30 30 30 60 minutes, 3 3 3 6 6 hours. Sixteen attempts in all. */
export const LADDER_S = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600] as const

export interface Delivery {
  id: string
  kind: SimNotice['kind']
  ref: string
  fault: NotifyFaultKind | null
  /** HTTP status, or why there was none. */
  answer: number | 'dropped' | 'network' | 'timeout'
}

export class Courier extends Rounds<SimNotice, NotifyFault, Delivery> {
  /** The newest notice's first delivery. */
  latest: Promise<void> = Promise.resolve()
  readonly #book: Book
  readonly #vault: Vault
  readonly #timeoutMs: number

  constructor(book: Book, vault: Vault, timeoutMs: number) {
    super(LADDER_S, book.scale)
    this.#book = book
    this.#vault = vault
    this.#timeoutMs = timeoutMs
  }

  add(kind: SimNotice['kind'], ref: string, eventType: string, url: string): void {
    const id = `EV-${beijing(this.#book.now()).replace(/\D/g, '').slice(0, 14)}${randomText(16)}`.slice(0, 36)
    const created_at = this.#book.now().toISOString()
    this.#book.ledger.write({
      t: 'notice',
      notice: { id, kind, ref, event_type: eventType, url, created_at, attempts: 0, acked: false },
    })
    this.latest = this.run(id)
  }

  protected override notices(): Map<string, SimNotice> {
    return this.#book.ledger.notices
  }
  protected override idOf(notice: SimNotice): string {
    return notice.id
  }
  protected override async deliver(notice: SimNotice, fault: NotifyFault | null) {
    const answer = await this.#post(notice, fault)
    return { entry: { id: notice.id, kind: notice.kind, ref: notice.ref, fault: fault?.kind ?? null, answer }, acked: answer === 200 || answer === 204 }
  }
  protected override fits(fault: NotifyFault, notice: SimNotice | undefined): boolean {
    return fault.of === undefined || fault.of === notice?.kind
  }
  protected override dropped(notice: SimNotice, fault: NotifyFault): Delivery {
    return { id: notice.id, kind: notice.kind, ref: notice.ref, fault: fault.kind, answer: 'dropped' }
  }
  protected override attempted(notice: SimNotice, entries: readonly Delivery[], acked: boolean): void {
    this.#book.ledger.write({ t: 'attempt', id: notice.id, acked, answer: entries.map((e) => e.answer).join(' ') })
  }

  #post(notice: SimNotice, fault: NotifyFault | null): Promise<Delivery['answer']> {
    const { headers, body } = this.#letter(notice, fault)
    return new Promise((resolve) => {
      const outgoing = request(notice.url, { method: 'POST', headers, agent: this.agent }, (answer) => {
        answer.resume()
        answer.on('error', () => resolve('network'))
        resolve(answer.statusCode ?? 'network')
        clearTimeout(timer)
      })
      const timer = setTimeout(() => {
        resolve('timeout')
        outgoing.destroy()
      }, this.#timeoutMs)
      outgoing.on('error', () => {
        clearTimeout(timer)
        resolve('network')
      })
      outgoing.end(body)
    })
  }

  #plain(notice: SimNotice, fault: NotifyFault | null): Record<string, unknown> {
    const book = this.#book
    const plain = notice.kind === 'refund' ? this.#refund(notice) : this.#transaction(notice)
    if (fault?.kind === 'other_merchant') plain.mchid = '1999000002'
    if (fault?.kind === 'other_app') plain.appid = 'wx0000000another'
    if (fault?.kind === 'wrong_amount') {
      const order = book.ledger.orders.get(notice.ref)
      const claimed = fault.amount_fen ?? (order?.total ?? 1) + 1
      plain.amount = { total: claimed, payer_total: claimed, currency: 'CNY', payer_currency: 'CNY' }
    }
    return plain
  }

  #transaction(notice: SimNotice): Record<string, unknown> {
    const order = this.#book.ledger.orders.get(notice.ref)
    if (!order) throw new Error(`no order ${notice.ref}`)
    // The notice tells of the success, whatever became of the order since.
    return { ...transactionView(this.#book, order), trade_state: 'SUCCESS', trade_state_desc: '支付成功' }
  }

  #refund(notice: SimNotice): Record<string, unknown> {
    const refund = this.#book.ledger.refunds.get(notice.ref)
    if (!refund) throw new Error(`no refund ${notice.ref}`)
    const view = refundView(this.#book, refund)
    const status = notice.event_type.slice('REFUND.'.length)
    const { refund_id, out_refund_no, transaction_id, out_trade_no, success_time, user_received_account } = view
    const amount = { total: refund.total, refund: refund.refund, payer_total: refund.total, payer_refund: refund.refund }
    const names = { mchid: this.#book.keys.mch_id, transaction_id, out_trade_no, refund_id, out_refund_no }
    return { ...names, refund_status: status, success_time, user_received_account, amount }
  }

  #letter(notice: SimNotice, fault: NotifyFault | null): { headers: Record<string, string | number>; body: Buffer } {
    const kind = fault?.kind
    const key = kind === 'wrong_key' ? randomBytes(16).toString('hex') : this.#vault.keys.api_v3_key
    const sealed = seal(key, notice.kind, JSON.stringify(this.#plain(notice, fault)))
    if (kind === 'bad_ciphertext') flip(sealed, 0)
    if (kind === 'bad_tag') flip(sealed, -1)
    const summary = notice.kind === 'refund' ? '退款通知' : '支付成功'
    const body = Buffer.from(
      JSON.stringify({
        id: notice.id,
        create_time: beijing(new Date(notice.created_at)),
        resource_type: 'encrypt-resource',
        event_type: notice.event_type,
        summary: kind === 'oversize' ? summary.padEnd(80_000, '。') : summary,
        resource: { original_type: notice.kind, ...sealed },
      }),
    )
    const shift = kind === 'stale' ? -301_000 : kind === 'future' ? 301_000 : 0
    const signer = kind === 'certificate_mode' ? this.#vault.by_certificate : this.#vault.by_public_key
    const headers = signedHeaders(signer, body, new Date(this.#book.now().getTime() + shift))
    if (kind === 'unknown_serial') headers['Wechatpay-Serial'] = 'PUB_KEY_ID_0000000000000000'
    if (kind === 'bad_signature') headers['Wechatpay-Signature'] = randomBytes(256).toString('base64')
    if (kind === 'signtest') headers['Wechatpay-Signature'] = `WECHATPAY/SIGNTEST/${randomBytes(256).toString('base64')}`
    return { headers: { 'Content-Type': 'application/json', 'Content-Length': body.length, ...headers }, body }
  }
}

function flip(sealed: Sealed, at: number): void {
  const bytes = Buffer.from(sealed.ciphertext, 'base64')
  const index = at < 0 ? bytes.length + at : at
  bytes[index] = (bytes[index] ?? 0) ^ 1
  sealed.ciphertext = bytes.toString('base64')
}
