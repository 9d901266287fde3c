// The port every payment channel (支付通道) answers to. A channel speaks one provider's protocol, keeps no state and
// no database, and never decides about money: it says what the provider said, and says "unknown" when it cannot tell.

export interface PayOrder {
  out_trade_no: string
  /** Integer fen, greater than zero. */
  amount_fen: number
  description: string
  /** Public address without query string; the provider posts its notice there. */
  notify_url: string
  expires_at: Date
  /** Needed by createJsapi. */
  payer_openid?: string
  /** Needed by createH5: the payer's own address, not ours. */
  client_ip?: string
  /** Where the payer's browser goes when it has paid; no proof of anything. */
  return_url?: string
}

/**
 * How the payer is led. h5, page, wap: an address to go to; native: an address to show as a code; jsapi: inside WeChat;
 * code: the desk scans the payer's own code (付款码).
 */
export type Way = 'h5' | 'native' | 'jsapi' | 'page' | 'wap' | 'code'

/** An order paid at once with the number on the payer's phone. */
export interface CodeOrder extends Omit<PayOrder, 'payer_openid' | 'return_url'> {
  auth_code: string
  /** The desk that scanned it: the provider wants a shop. */
  device: string
}

/** 'waiting': the payer must type a password; ask with query. After half a minute without an answer use cancel. */
export type CodeResult = ({ kind: 'paid' } & Captured) | { kind: 'waiting' } | Failed | Unknown

export interface RefundOrder {
  out_trade_no: string
  /** Repeating a number refunds once. After a failure or an unknown answer retry with the SAME number. */
  out_refund_no: string
  refund_fen: number
  /** Amount of the original order, not what is left of it. */
  total_fen: number
  reason?: string
  notify_url?: string
}

/** The provider refused and nothing happened. */
export interface Failed {
  kind: 'failed'
  code: string
  message: string
}

/** Nobody knows whether it happened: ask with query before doing anything else. Never treat as failed. */
export interface Unknown {
  kind: 'unknown'
  cause: string
}

/** What the payer's browser hands to WeixinJSBridge; names are the provider's. */
export interface JsapiParams {
  appId: string
  timeStamp: string
  nonceStr: string
  package: string
  signType: 'RSA'
  paySign: string
}

export interface Created {
  kind: 'ok'
  pay_url?: string
  code_url?: string
  prepay_id?: string
  jsapi_params?: JsapiParams
}

export type CreateResult = Created | Failed | Unknown

export interface Captured {
  provider_txn: string
  amount_fen: number
  paid_at: Date
  raw: Record<string, unknown>
}

export type QueryResult =
  | ({ state: 'paid' } & Captured)
  /** Paid, and at least one refund was asked for since; the payment itself is as real as with 'paid'. */
  | ({ state: 'refunded' } & Captured)
  | { state: 'notpay' }
  | { state: 'closed' }
  /** The provider has no such order. A create still on its way may arrive after this: close before giving up. */
  | { state: 'absent' }
  | { state: 'unknown'; cause: string }

export type CloseResult = { kind: 'ok' } | { kind: 'paid' } | { kind: 'absent' } | Failed | Unknown

export interface RefundFact {
  provider_refund: string
  out_refund_no: string
  out_trade_no: string
  refund_fen: number
  total_fen: number
  /** Present when the state is 'success'. */
  refunded_at?: Date
  raw: Record<string, unknown>
}

/** 'abnormal' (退款异常): the payer's account took nothing, a person must act at the provider. */
export type RefundState = 'processing' | 'success' | 'closed' | 'abnormal'

/** 'ok' means accepted; the truth is in `state` now and in the notice or queryRefund later. */
export type RefundResult = ({ kind: 'ok'; state: RefundState } & RefundFact) | Failed | Unknown

export type RefundQueryResult =
  | ({ state: RefundState } & RefundFact)
  | { state: 'absent' }
  | { state: 'unknown'; cause: string }

export type NotifyFault =
  | 'too_large'
  | 'unsigned'
  | 'signature_type'
  | 'stale'
  /** The provider's deliberate wrong signature (签名探测). Refuse it like any other, but raise no alarm. */
  | 'signtest'
  | 'unknown_serial'
  | 'bad_signature'
  | 'malformed'
  | 'undecryptable'
  | 'other_merchant'
  | 'unsupported_event'

export interface PaidNotice extends Captured {
  out_trade_no: string
}

export interface RefundNotice extends RefundFact {
  state: Exclude<RefundState, 'processing'>
  provider_txn: string
}

/** event_key is the same for every repetition of one notice. */
export type NotifyResult =
  | { ok: true; event_key: string; kind: 'paid'; resource: PaidNotice }
  | { ok: true; event_key: string; kind: 'refund'; resource: RefundNotice }
  /** Something was given back; how much, only queryRefund knows. */
  | { ok: true; event_key: string; kind: 'look'; resource: { out_trade_no: string; out_refund_no: string | null } }
  | { ok: false; reason: NotifyFault }

export type HeaderBag = Readonly<Record<string, string | string[] | undefined>>

export interface BillAsked {
  /** trade: every payment and refund of the day; fund: every movement of the merchant's account. */
  kind: 'trade' | 'fund'
  /** YYYY-MM-DD in China time. */
  on_day: string
}

/** One line of the provider's own file, in our words. What the file says is kept whole in `raw`. */
export interface BillLine {
  line_no: number
  kind: 'pay' | 'refund' | 'fee' | 'payout' | 'other'
  at: Date
  provider_txn: string | null
  out_trade_no: string | null
  provider_refund: string | null
  out_refund_no: string | null
  /** Above zero: to the merchant; below: from him. */
  amount_fen: number
  /** The provider's charge for this line, above zero when it costs; rounded to a fen. */
  fee_fen: number
  /** Of the account after the line; fund bills only. */
  balance_fen: number | null
  /** The provider's own word for what it is and how it stands. */
  business: string
  raw: Record<string, string>
}

export interface Bill {
  lines: BillLine[]
  /** sha256 of the file as it was unpacked. */
  file_hash: string
}

/**
 * 'none': the provider has no file: no trade that day, or not made yet. The lines of an 'ok' add up to the file's own
 * totals, else it is unknown.
 */
export type BillResult = { kind: 'ok'; bill: Bill } | { kind: 'none' } | Failed | Unknown

export interface PayChannel {
  readonly name: string
  readonly ways: readonly Way[]
  /** How a notice is answered: by status and JSON, or with the word success in a 200. */
  readonly acknowledge: 'status' | 'text'
  create(way: Exclude<Way, 'code'>, order: PayOrder): Promise<CreateResult>
  payByCode(order: CodeOrder): Promise<CodeResult>
  /** Ends an order of payByCode for good: not paid any more, or the money goes back at once. Answers 'ok' in both cases. */
  cancel(out_trade_no: string): Promise<CloseResult>
  query(out_trade_no: string): Promise<QueryResult>
  close(out_trade_no: string): Promise<CloseResult>
  refund(order: RefundOrder): Promise<RefundResult>
  /** Both numbers: one provider knows refunds by their own, the other only beside their order. */
  queryRefund(out_refund_no: string, out_trade_no: string): Promise<RefundQueryResult>
  /** rawBody must be the bytes as they came, not re-serialised JSON. */
  verifyNotify(headers: HeaderBag, rawBody: Buffer, now: Date): NotifyResult
  bill(asked: BillAsked): Promise<BillResult>
  /** Closes idle connections. */
  end(): void
}
